"""Traits of taste and free time."""

from personalization.demo.nouns import Topic, Trait

TRAITS = (
    Trait(
        "The user wants advice with {form}.",
        "Could you give me {form} instead of encouragement? I decide faster that way.",
        "Certainly. I will put that first and keep the rest short.",
        {
            Topic.MONEY: "You asked for advice with {form}: {given}.",
            Topic.WORK: "You like advice with {form}, so: {given}.",
            Topic.STUDY: "Since you want advice with {form}: {given}.",
        },
        (
            {
                "form": "numbers in it",
                "given": "three priorities, two hours a week, and one review after thirty days",
            },
            {
                "form": "a clear first step",
                "given": "write down tonight what must be different in four weeks, in a single line",
            },
            {
                "form": "the drawbacks named",
                "given": "this takes an evening to set up, and the second week will feel slower than before",
            },
        ),
    ),
    Trait(
        "The user plays the {instrument} in an amateur orchestra.",
        "On Tuesdays I play the {instrument} in an amateur orchestra. We are loud, and twice a year we are also good.",
        "Twice a year is more than many can say. What is on the stands now?",
        {
            Topic.LEISURE: "You play the {instrument}, so invite two people from the orchestra to read through something easy and end with soup.",
            Topic.PARTY: "Bring your {instrument}: two short pieces with friends from the orchestra mark the moment better than any speech.",
            Topic.WRITING: "You know from the {instrument} how a phrase breathes; read your draft aloud and cut wherever you run out of air.",
        },
        ({"instrument": "cello"}, {"instrument": "bassoon"}, {"instrument": "trumpet"}),
        group="ears",
    ),
    Trait(
        "The user reads a lot of {books}.",
        "I have finished three {books} this month and I am missing my stop on the tram because of the fourth.",
        "Missing a stop is the best review there is.",
        {
            Topic.LEISURE: "As you read a lot of {books}, ask the library for a reading circle, or start one with two friends and one rule: no homework.",
            Topic.WRITING: "You read a lot of {books}, so borrow their trick: {trick}.",
        },
        (
            {"books": "crime novels", "trick": "hold back the one fact everybody waits for"},
            {"books": "travel diaries", "trick": "name the weather, the hour and the smell"},
            {"books": "graphic novels", "trick": "let every paragraph show one picture"},
        ),
        group="reading",
    ),
    Trait(
        "The user watches {films} and remembers whole scenes.",
        "I watched another of those {films} last night. I can tell you every scene and not one name of an actor.",
        "Names are for the credits. Which scene stayed with you?",
        {
            Topic.LEISURE: "You love {films}: choose three with one theme, a different host for each, and ten minutes of talk after every film.",
            Topic.WRITING: "Think of the {films} that you remember scene by scene, and open with an image before you explain anything.",
        },
        (
            {"films": "silent films"},
            {"films": "Korean thrillers"},
            {"films": "old nature documentaries"},
        ),
    ),
    Trait(
        "The user likes {humour} and dislikes solemn language.",
        "Less solemn, please. I like {humour}; when a text sounds like a flag being raised, I stop reading.",
        "Flags down, then. I will keep it light.",
        {
            Topic.WRITING: "You like {humour}, so place it in the second sentence: {how}.",
            Topic.PARTY: "As solemn moments are not your thing, open with {humour} and be done within two minutes.",
            Topic.WORK: "Since you like {humour}, allow yourself one such line near the start and then stay plain.",
        },
        (
            {"humour": "dry humour", "how": "understate the thing that everybody knows was huge"},
            {"humour": "wordplay", "how": "let one word mean two things, and do not explain it"},
            {"humour": "self-mockery", "how": "be the one who got it wrong first"},
        ),
    ),
    Trait(
        "The user plays {game} in a club on Thursdays.",
        "Not on Thursday, please, that is {game} night. I lose to a retired postman every single week.",
        "Thursday is sacred. Has the postman a weakness?",
        {
            Topic.LEISURE: "You already play {game}, so bring a set along: teaching beginners is a fine evening, and you get to win.",
            Topic.STUDY: "Practise as you do for {game}: a few hard positions, solved without help, then compared with a better solution.",
        },
        ({"game": "chess"}, {"game": "bridge"}, {"game": "go"}),
    ),
    Trait(
        "The user spends free weekends {doing}.",
        "If nobody stops me I spend the weekend {doing}. I come home muddy and in a better mood.",
        "Mud is a good sign. Where do you go?",
        {
            Topic.TRAVEL: "You like {doing}, so choose a place with {place} at the edge of town and keep the second morning free for it.",
            Topic.LEISURE: "As you like {doing}, take one friend along who has never tried it, with a flask of tea and no goal.",
            Topic.FITNESS: "Free weekends {doing} are training too: count those hours as your long, easy session.",
        },
        (
            {"doing": "watching birds", "place": "a marsh or an estuary"},
            {"doing": "looking for mushrooms", "place": "old mixed forest"},
            {"doing": "swimming in lakes", "place": "clean water"},
        ),
    ),
    Trait(
        "The user {makes} in the evenings.",
        "In the evenings I {make}. It is the only part of the day in which nothing blinks at me.",
        "Nothing that blinks sounds like luxury. What is on the table at the moment?",
        {
            Topic.HOME: "Since you {make} in the evenings, make the best lamp and a firm table the centre, and let the rest follow.",
            Topic.LEISURE: "You {make} anyway: open the table once a month to whoever wants to sit along and do the same.",
            Topic.PARTY: "You {make}, so {gift} on every plate would be a decoration that people take home.",
        },
        (
            {"makes": "knits", "make": "knit", "gift": "a small knitted star"},
            {"makes": "binds books", "make": "bind books", "gift": "a thin notebook"},
            {"makes": "carves spoons", "make": "carve spoons", "gift": "a carved salt spoon"},
        ),
    ),
    Trait(
        "The user volunteers at {place}.",
        "On Saturdays I am at {place}, as a volunteer. I went once to help with a cable and never left.",
        "That is how all good volunteering begins. What do you do there?",
        {
            Topic.LEISURE: "Ask around at {place}, where you volunteer: somebody there does exactly this and would be glad of company.",
            Topic.WRITING: "You volunteer at {place}, so take your example from there: one person, one Saturday, one thing that went wrong.",
            Topic.PARTY: "The people at {place}, where you volunteer, will lend you benches and cups; bring them cake in return.",
        },
        (
            {"place": "the repair café"},
            {"place": "the food bank"},
            {"place": "the community radio"},
        ),
    ),
)
