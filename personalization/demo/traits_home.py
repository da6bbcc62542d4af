"""Traits of the household: who lives there, and how."""

from personalization.demo.nouns import Topic, Trait

TRAITS = (
    Trait(
        "The user has {children}.",
        "Whatever we plan has to work with {children}. Our record for a quiet meal is eleven minutes.",
        "Eleven minutes can be enough for soup. Let us plan around short stretches.",
        {
            Topic.TRAVEL: "With {children}, plan a single fixed point a day and stay two nights wherever there is {fun}.",
            Topic.PARTY: "Since you have {children}, set up a corner with {fun} before the first guests arrive; adults drift there too.",
            Topic.FITNESS: "You have {children}, so count in what you do together: {fun} can be the warm-up of two sessions a week.",
            Topic.MONEY: "With {children}, put shoes, presents and school trips into a pot of their own, as these are what breaks a plan.",
        },
        (
            {"children": "two children under six", "fun": "a playground and a puddle"},
            {"children": "a daughter of thirteen", "fun": "table tennis and loud music"},
            {"children": "twins in primary school", "fun": "a climbing frame and a ball"},
        ),
    ),
    Trait(
        "The user has {dog}.",
        "I should mention that I have {dog}. Every plan I make is really a plan for two.",
        "Noted, for two. How long does a good walk last these days?",
        {
            Topic.TRAVEL: "Ask about {dog} before you book anything, and choose a place where a green space is less than five minutes away.",
            Topic.FITNESS: "You are out every day with {dog} anyway: make {walk} part of the plan instead of adding yet another appointment.",
            Topic.HOME: "As you live with {dog}, keep a washable corner near the door and choose covers that come off in one pull.",
        },
        (
            {"dog": "an old dachshund", "walk": "the short evening round"},
            {"dog": "a young border collie", "walk": "the fast morning loop"},
            {"dog": "a retired greyhound", "walk": "the sprint across the meadow"},
        ),
    ),
    Trait(
        "The user looks after {relative}.",
        "On most afternoons I look after {relative}, so my free time comes in small pieces.",
        "Small pieces add up if they are always the same ones. Which are the safest?",
        {
            Topic.PARTY: "Think of {relative} first: a chair with arms near the door, and an early start so that nobody gets too tired.",
            Topic.STUDY: "Looking after {relative} leaves you short pieces of time, so cut the material into units of fifteen minutes.",
            Topic.MONEY: "You look after {relative}: ask the town's advice centre which support you could claim before you cut anything else.",
        },
        (
            {"relative": "a grandmother who walks with a frame"},
            {"relative": "a father who is recovering from an operation"},
            {"relative": "an aunt who has become forgetful"},
        ),
    ),
    Trait(
        "The user is paying off {loan} until next year.",
        "Until next year I am paying off {loan}, so anything that costs more than a pizza needs a meeting with myself.",
        "A pizza as a unit of account, I like that. We will keep count.",
        {
            Topic.MONEY: "While you are paying off {loan}, a small reserve comes first: one unexpected bill must not cost you a second loan.",
            Topic.TRAVEL: "As you are still paying off {loan}, travel in the middle of the week and choose rooms with a kitchen; that nearly halves the bill.",
            Topic.HOME: "You are paying off {loan}, so do it without buying much: move, sort and lend first, and wait a month before ordering.",
        },
        (
            {"loan": "a student loan"},
            {"loan": "a second-hand van"},
            {"loan": "the dentist"},
        ),
    ),
    Trait(
        "The user owns no car and goes everywhere by {means}.",
        "I don't own a car. I do everything by {means}, even the trips to the hardware store.",
        "Hardware by {means} deserves respect. How far is too far?",
        {
            Topic.TRAVEL: "You go everywhere by {means}, so choose a place whose sights lie within reach of the station.",
            Topic.MONEY: "Without a car you have already saved the largest item; put what {means} costs into the plan and leave it alone.",
            Topic.FITNESS: "Going everywhere by {means} already counts: get off two stops early or take the long way twice a week.",
        },
        (
            {"means": "bicycle and train"},
            {"means": "tram and bus"},
            {"means": "folding bike and underground"},
        ),
    ),
    Trait(
        "The user grows {plants} in {place}.",
        "I grow {plants} in {place}. Half of it feeds me and the other half feeds the snails.",
        "The snails send their regards. What is ripe just now?",
        {
            Topic.COOKING: "Use the {plants} that you grow in {place}: add them raw at the end, so that one can taste they are yours.",
            Topic.PARTY: "Let the table show {place}: {plants} in jars smell better than cut flowers and cost you nothing.",
            Topic.MONEY: "You grow {plants} in {place}; sow what is dear in shops and leave potatoes to the farmers.",
        },
        (
            {"plants": "herbs and small tomatoes", "place": "boxes on a balcony"},
            {"plants": "beans, chard and dill", "place": "an allotment by the railway"},
            {"plants": "salad and radishes", "place": "a walled courtyard"},
        ),
    ),
    Trait(
        "The user rents {flat} and may not {forbidden}.",
        "We rent {flat}, and the contract says that we may not {forbidden}. The landlord checks, too.",
        "Then everything has to stand, lean or hang from something that is already there.",
        {
            Topic.HOME: "As you rent {flat} and may not {forbidden}, work with what stands freely: shelves that lean, lamps with a plug, rugs.",
            Topic.MONEY: "You rent {flat}: before you spend anything on it, ask the landlord in writing to share the cost, or leave it.",
        },
        (
            {"flat": "a furnished flat", "forbidden": "drill into the walls"},
            {"flat": "two rooms in an old house", "forbidden": "paint anything"},
            {"flat": "a flat above a shop", "forbidden": "replace the floor"},
        ),
    ),
    Trait(
        "The user tries to {principle}.",
        "This year I try to {principle}. It is less about being good and more about having fewer things to think about.",
        "Fewer things to think about is a fair reward. How is it going?",
        {
            Topic.HOME: "You try to {principle}, so start with {first} and live with the gap for two weeks before you fill it.",
            Topic.MONEY: "Trying to {principle} is already a savings plan: put what you did not spend aside on the same evening.",
            Topic.COOKING: "As you try to {principle}, the recipe leaves nothing over: peel, stalk and cooking water end up in the soup of the next day.",
        },
        (
            {"principle": "throw away as little as possible", "first": "mending what is broken"},
            {"principle": "buy nothing new", "first": "a round of lending among neighbours"},
            {"principle": "own fewer things", "first": "an empty shelf"},
        ),
    ),
    Trait(
        "The user moved to {place} last spring and knows few people there.",
        "We moved to {place} last spring. I know the baker, the vet and a man who is always waiting for the bus.",
        "That is a start: bread, animals and public transport.",
        {
            Topic.LEISURE: "You are still new in {place}, so prefer what repeats every week: the same faces four times make an acquaintance.",
            Topic.PARTY: "As you moved to {place} only last spring, invite neighbours for the first hour; a short invitation is easy to accept.",
            Topic.TRAVEL: "You have lived in {place} only since spring, so explore it as a guest would and ask the baker for the second-best view.",
        },
        (
            {"place": "a small town in the hills"},
            {"place": "a village on the coast"},
            {"place": "the outskirts of the capital"},
        ),
    ),
)
