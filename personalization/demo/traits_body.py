"""Traits of the body: food, strength, senses."""

from personalization.demo.nouns import Topic, Trait

TRAITS = (
    Trait(
        "The user does not eat {food}.",
        "Can you find me a stew for the weekend? I don't eat {food}, and I would rather have a dish that was meant that way.",
        "Gladly. I will look for something that is complete as it is.",
        {
            Topic.COOKING: "You do not eat {food}, so there is none in here from the start; {rich} give the depth instead.",
            Topic.TRAVEL: "Since you do not eat {food}, look at menus the day before; market halls and small family places adapt most easily.",
            Topic.PARTY: "As you do not eat {food} yourself, put a dish that suits you in the middle of the table and not on a side plate.",
        },
        (
            {"food": "meat", "rich": "smoked paprika and well browned mushrooms"},
            {"food": "fish or seafood", "rich": "capers, lemon and toasted breadcrumbs"},
            {"food": "dairy products", "rich": "tahini and slowly roasted garlic"},
        ),
    ),
    Trait(
        "The user is allergic to {food}.",
        "One thing before we talk about dinner: I'm allergic to {food}. Even a trace of it gets me to the emergency room.",
        "Thank you for saying so. I will keep to recipes without it and point out where it hides.",
        {
            Topic.COOKING: "Because of your allergy to {food}, read the label of {trap}; everything else here is safe for you.",
            Topic.PARTY: "Your allergy to {food} is easiest to handle if you cook the main dish yourself and ask guests for drinks and fruit.",
            Topic.TRAVEL: "Carry a small card that says in the local language that you are allergic to {food}, and show it before you order.",
        },
        (
            {"food": "hazelnuts", "trap": "pesto, muesli and dark chocolate"},
            {"food": "shellfish", "trap": "fish stock and curry paste"},
            {"food": "sesame", "trap": "hummus, burger buns and spice mixes"},
        ),
    ),
    Trait(
        "The user cooks in a tiny kitchen with {kit}.",
        "My kitchen is about the size of a wardrobe. I have {kit}, so most recipes lose me at the second pot.",
        "Then one vessel at a time it is. Do you have a lid that fits?",
        {
            Topic.COOKING: "With {kit}, cook in two rounds: what may cool down first, and what must be hot last.",
            Topic.HOME: "Your kitchen with {kit} needs a place to put things down, so let a folding table in the room do double duty.",
            Topic.PARTY: "In a kitchen with {kit}, serve most things cold and keep a single warm pot for the moment when everybody is there.",
        },
        (
            {"kit": "two hotplates and no oven"},
            {"kit": "one induction plate and a rice cooker"},
            {"kit": "a camping stove and a toaster oven"},
        ),
    ),
    Trait(
        "The user grew up with {cuisine} food and misses its heat.",
        "I grew up with {cuisine} food. Nothing around here tastes of anything to me, and I miss the burn of {spice}.",
        "That burn travels well in a small jar. Shall we build a weekday dish around it?",
        {
            Topic.COOKING: "Having grown up with {cuisine} food, you will want more fire: let {spice} sizzle in the oil before anything else goes in.",
            Topic.TRAVEL: "A quarter with {cuisine} restaurants would make a good first evening, as you miss the heat of that food.",
        },
        (
            {"cuisine": "Ethiopian", "spice": "berbere"},
            {"cuisine": "Sichuan", "spice": "chilli bean paste"},
            {"cuisine": "Oaxacan", "spice": "smoked pasilla chillies"},
        ),
    ),
    Trait(
        "The user has a {part} that {trouble}.",
        "I have to be a bit careful. My {part} {trouble}, and the physiotherapist told me to build up slowly.",
        "Slowly is fine. We can choose movements that leave it in peace.",
        {
            Topic.FITNESS: "Your {part} {trouble}, so replace that kind of strain by {instead} for the first month and add load only when it stays calm.",
            Topic.TRAVEL: "With a {part} that {trouble}, plan a bench or a café after every hour on your feet and take the smaller bag.",
        },
        (
            {"part": "knee", "trouble": "swells after long descents", "instead": "cycling"},
            {"part": "shoulder", "trouble": "aches after lifting", "instead": "slow band pulls"},
            {
                "part": "weak ankle",
                "trouble": "gives way on rough ground",
                "instead": "balance work",
            },
        ),
        group="body",
    ),
    Trait(
        "The user is training for {goal}.",
        "I signed up for {goal} with a colleague. It was a joke at first, and now there is a plan on the fridge.",
        "A plan on the fridge is a good start. How many weeks are left?",
        {
            Topic.FITNESS: "You are already training for {goal}, so count those sessions in and keep one day between the hard ones.",
            Topic.COOKING: "As you are training for {goal}, make the portions with rice, potatoes or beans a third larger on the evening before a long session.",
        },
        (
            {"goal": "a first half-marathon"},
            {"goal": "a lake crossing of two kilometres"},
            {"goal": "a hilly bike ride of a hundred kilometres"},
        ),
        group="body",
    ),
    Trait(
        "The user hears badly {where}.",
        "I hear badly {where}. People think I am bored when I have only lost the thread.",
        "That sounds tiring. Small changes to the room often help more than louder voices.",
        {
            Topic.WORK: "Since you hear badly {where}, choose your seat first and ask for the main points in writing afterwards.",
            Topic.LEISURE: "You hear badly {where}, so choose a place with curtains and carpets, and come before the crowd does.",
            Topic.PARTY: "Because you hear badly {where}, put several small tables instead of a long one and keep the music in another room.",
        },
        (
            {"where": "in noisy rooms"},
            {"where": "on the left side"},
            {"where": "when several people talk at once"},
        ),
        group="ears",
    ),
    Trait(
        "The user sleeps lightly and wakes up from {noise}.",
        "I sleep so lightly that {noise} will wake me, and then I lie there planning the next day.",
        "Then the evening matters as much as the bed. What does your last hour look like?",
        {
            Topic.HOME: "You wake up from {noise}, so begin with the bed: a heavy curtain and a rug do more for your nights than new furniture.",
            Topic.TRAVEL: "As {noise} will wake you, ask for a room to the courtyard, on an upper floor and away from the lift.",
            Topic.FITNESS: "Because you sleep lightly, finish hard exercise three hours before bedtime and leave only stretching for the evening.",
        },
        (
            {"noise": "the first tram"},
            {"noise": "a dripping tap"},
            {"noise": "street lamps and voices outside"},
        ),
    ),
    Trait(
        "The user gets {trouble}.",
        "Please keep in mind that I get {trouble}. I once spent a whole trip looking at my shoes.",
        "Understood. There is nearly always another way to get the same view.",
        {
            Topic.TRAVEL: "You get {trouble}, so I would {way}, even if that costs you half an hour.",
            Topic.LEISURE: "As you get {trouble}, leave out the obvious outing and {way} if you go out at all.",
        },
        (
            {"trouble": "seasick within minutes", "way": "stay on the shore and walk the bay"},
            {"trouble": "dizzy at heights", "way": "keep to the valley paths and the old town"},
            {"trouble": "anxious in crowded places", "way": "go on a weekday and early"},
        ),
    ),
)
