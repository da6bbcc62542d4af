"""Requests about learning, work and words."""

from personalization.demo.nouns import Query, Topic

QUERIES = (
    Query(
        Topic.STUDY,
        "I want to learn the basics of statistics in ten weeks of evenings. How would you divide them?",
        "Ten weeks are enough if every week ends with something you can do.",
        (
            "Spend two weeks on describing data: means, spread, and drawing everything by hand.",
            "Use three weeks for chance, with coins and dice before formulas.",
            "Give three weeks to comparing groups, each time with a small data set you care about.",
            "Keep the last two for repeating, as that is where it becomes yours.",
        ),
        "One evening of exercises is worth two of reading.",
    ),
    Query(
        Topic.STUDY,
        "I read non-fiction and forget it within a week. How do I keep more of it?",
        "You keep what you have pulled out of your head again.",
        (
            "Before a chapter, write down what you expect it to say.",
            "After it, close the book and note three sentences from memory.",
            "Look at these notes on the next day, after a week and after a month.",
            "Tell somebody about it; the holes show within a minute.",
        ),
        "Fewer books, read this way, leave more behind.",
    ),
    Query(
        Topic.STUDY,
        "My exam is in three weeks and five chapters are unread. What now?",
        "Three weeks are short, but not hopeless.",
        (
            "Look at old exams first and mark what comes up every year.",
            "Read the five chapters in five days, quickly, only for the structure.",
            "In the second week, solve tasks from each chapter and read only what you miss.",
            "Keep the third week for two rehearsals against the clock.",
        ),
        "Stop at nine on the last evening.",
    ),
    Query(
        Topic.WORK,
        "I have ten minutes to present our project to the whole department. How do I build the talk?",
        "Ten minutes carry one idea and two examples.",
        (
            "Write the single sentence people should repeat at lunch, and begin with it.",
            "Show the problem through one case, with a name, a date and a picture.",
            "Say what you did, what it changed, and one thing that did not work.",
            "End with what you need from the people in the room.",
        ),
        "Practise it twice with a clock, standing up.",
    ),
    Query(
        Topic.WORK,
        "Our weekly meeting drags on. How could I suggest running it differently?",
        "Suggest a trial for four weeks and not a reform.",
        (
            "Collect topics the day before, each with a question that can be answered.",
            "Give every topic a person and a number of minutes, and start with the hardest.",
            "Write decisions down while everybody watches, in one line each.",
            "Finish five minutes early, whatever happens.",
        ),
        "After four weeks, ask whether anybody wants the old form back.",
    ),
    Query(
        Topic.WORK,
        "I have too much on my desk. How do I raise it with my manager next week?",
        "Go in with a list and a proposal, not with a complaint.",
        (
            "Write down everything you are expected to do, with hours next to it.",
            "Mark what only you can do, what may wait, and what nobody would miss.",
            "Ask for a decision between two options that you could live with.",
            "Send a short summary on the same day, so that it does not dissolve.",
        ),
        "A calm tone and honest hours persuade best.",
    ),
    Query(
        Topic.WRITING,
        "My oldest friend turns forty, and I am to give a speech of three minutes. How do I write it?",
        "Three minutes are about four hundred words: one story is enough.",
        (
            "Choose a single scene in which your friend was typical, and set it in a place.",
            "Say in one sentence what it shows, then leave it alone.",
            "Mention someone else in the room, so that the speech belongs to everybody.",
            "End with a wish that is short enough to be repeated with a glass in the hand.",
        ),
        "Read it aloud to a chair before you read it to people.",
    ),
    Query(
        Topic.WRITING,
        "There is a contest for stories of a thousand words about rain. Where do I begin?",
        "Begin late: with the moment in which something can no longer be undone.",
        (
            "Give your main character one wish and one reason to hide it.",
            "Let the rain do something, such as delay a train or uncover a letter.",
            "Write the last paragraph first and then take the shortest way to it.",
            "Cut the first hundred words of the draft; they were for you.",
        ),
        "Then let it lie for three days.",
    ),
    Query(
        Topic.WRITING,
        "Cars race through our street. Help me write a letter to the council about a crossing.",
        "A good letter to a council has one page, one demand and one date.",
        (
            "Open with what happens: where, when, how often, and who has to cross there.",
            "Ask for one thing, such as a crossing at the bus stop.",
            "Add a count of one hour on two mornings; it weighs more than adjectives.",
            "Name a date by which you hope to hear from them, and thank them.",
        ),
        "Signatures from both sides of the street help.",
    ),
)
