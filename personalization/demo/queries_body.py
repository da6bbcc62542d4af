"""Requests about food, exercise and parties."""

from personalization.demo.nouns import Query, Topic

QUERIES = (
    Query(
        Topic.COOKING,
        "Six people are coming over on Saturday. What is one main dish that I can mostly prepare the day before?",
        "A big braised dish is the calmest choice for six.",
        (
            "On Friday, brown onions, carrots and celery slowly until the kitchen smells sweet.",
            "Add tinned tomatoes, a handful of lentils and stock, and let it simmer for an hour without a lid.",
            "Let the pot cool, keep it cold overnight, and taste it again on Saturday: it will want salt and acid.",
            "Warm it for half an hour before people sit down, with bread and a sharp salad on the side.",
        ),
        "That leaves you free for the door on Saturday.",
    ),
    Query(
        Topic.COOKING,
        "I keep buying lunch at work. Can you plan five lunches that I can cook on Sunday and carry along?",
        "Cook three things on Sunday and combine them into five boxes.",
        (
            "Roast a full tray of vegetables with oil and salt until the edges are dark.",
            "Boil a large pot of barley or rice, and another of chickpeas or eggs.",
            "Make a jar of sauce from lemon, mustard and herbs, and keep it apart until noon.",
            "Eat the soft vegetables first and leave cabbage and carrots for Thursday and Friday.",
        ),
        "Two hours on Sunday replace five queues.",
    ),
    Query(
        Topic.COOKING,
        "What can I cook tonight in half an hour from potatoes, eggs, spinach and a normal cupboard?",
        "A potato hash with greens is ready in less than thirty minutes.",
        (
            "Cut the potatoes small, as small dice are done in twelve minutes.",
            "Fry them in a wide pan and do not stir for the first five minutes, so that a crust forms.",
            "Add the spinach by the handful with garlic and a pinch of nutmeg until it collapses.",
            "Make four hollows, put an egg into each, cover the pan and wait for three minutes.",
        ),
        "Eat it straight from the pan.",
    ),
    Query(
        Topic.FITNESS,
        "I would like to start exercising three times a week. How do I begin so that I am still doing it in spring?",
        "Start with less than you can do, and always at the same times.",
        (
            "Fix three days and write them down as appointments that only illness can move.",
            "Do twenty minutes: five to warm up, ten for legs and back, five to calm down.",
            "Add a minute per week, and nothing at all in every fourth week.",
            "When you miss a day, do the next one as planned and do not make up for it.",
        ),
        "Being bored by week six is a good sign.",
    ),
    Query(
        Topic.FITNESS,
        "My back is stiff from sitting. Can you give me a short daily routine?",
        "Ten minutes a day beat an hour on Sunday.",
        (
            "Begin on all fours and round and hollow your back slowly, ten times.",
            "Lie on your back, let both knees fall to one side, breathe out, and change sides.",
            "Then stand against a wall and slide your arms up and down without losing contact.",
            "Every hour, stand up while you read one message; it costs nothing and works.",
        ),
        "If anything hurts sharply, stop and ask a doctor.",
    ),
    Query(
        Topic.FITNESS,
        "There is a walk of thirty kilometres in May. How do I prepare from now on?",
        "Thirty kilometres are mostly a question of feet and patience.",
        (
            "Walk twice a week for an hour, and once for longer, adding two kilometres each time.",
            "Wear the shoes of the day from the start, with the socks of the day.",
            "Practise eating while you walk, as hunger arrives an hour before you notice it.",
            "Do the last long walk two weeks before and then only short ones.",
        ),
        "On the day, begin slower than everybody else.",
    ),
    Query(
        Topic.PARTY,
        "I am organizing a family reunion for twenty. How do I keep it simple?",
        "Twenty people need a place, a rhythm and something to do.",
        (
            "Rent a room with a kitchen and a garden in the middle of everybody's journeys.",
            "Ask each household for one dish, and assign salads, mains and sweets.",
            "Plan a shared walk after the meal, with a short route for slow feet.",
            "Put old photographs on a table and leave pens for names and dates.",
        ),
        "End it while there is still light.",
    ),
    Query(
        Topic.PARTY,
        "I am celebrating my birthday at home with fifteen guests. What should I think of?",
        "Fifteen guests fit into most homes if they do not all have to sit.",
        (
            "Clear one room and keep seats along the walls for half of the guests.",
            "Serve two things from bowls, one warm and one cold, and put water everywhere.",
            "Tell the neighbours in time and invite them for a glass.",
            "Have one moment at which everybody looks the same way, such as a cake or a song.",
        ),
        "Ask two friends to come early and two to stay late.",
    ),
    Query(
        Topic.PARTY,
        "A neighbour is moving away after twenty years, and our house wants to say goodbye. How?",
        "Keep it short, personal and in the yard.",
        (
            "Fix a Sunday afternoon from three to five, so that families can come.",
            "Let everyone write one memory on a card, and collect the cards in a box.",
            "Share coffee and cake on the stairs if it rains.",
            "Give one present from all, which fits into a full removal van.",
        ),
        "Take a picture of the whole house at the front door.",
    ),
)
