"""Attributes that go too far (owners are uncertain) or are wrong (owners reject them)."""

from personalization.demo.nouns import Mistake

# One request is taken for a lasting trait.
DOUBTFUL = (
    Mistake(
        "The user loves {cuisine} food above everything else.",
        "What is a simple {cuisine} starter for tonight? A friend gave me a cookbook and I have not opened it yet.",
        "Try the first vegetable dish in it; those are rarely difficult.",
        ({"cuisine": "Lebanese"}, {"cuisine": "Georgian"}, {"cuisine": "Vietnamese"}),
    ),
    Mistake(
        "The user always works late on {day}s.",
        "I was still at the desk at ten this {day}, because the printer chose that evening to retire.",
        "Printers know. Did the pages get out in the end?",
        ({"day": "Monday"}, {"day": "Wednesday"}, {"day": "Friday"}),
    ),
    Mistake(
        "The user is an expert in {field}.",
        "Remind me what {term} means? I read it in the newspaper and nodded as if I knew.",
        "Here is the short version, and one example from everyday life.",
        (
            {"field": "economics", "term": "a yield curve"},
            {"field": "geology", "term": "a subduction zone"},
            {"field": "statistics", "term": "a confidence interval"},
        ),
    ),
    Mistake(
        "The user dislikes {people}.",
        "The {people} next to me on the train talked all the way from Lyon. I just needed an hour of silence.",
        "Four hours is long. Perhaps a seat in the quiet carriage next time.",
        ({"people": "tourists"}, {"people": "students"}, {"people": "football fans"}),
    ),
    Mistake(
        "The user goes to {place} every year.",
        "We were at {place} in June, and it rained so much that the towels never dried. How do I get the smell out?",
        "Wash them hot with a cup of vinegar and dry them in the wind.",
        ({"place": "the Baltic coast"}, {"place": "Lake Garda"}, {"place": "the Scottish isles"}),
    ),
    Mistake(
        "The user cannot concentrate without {aid}.",
        "I had {aid} on my desk while I wrote the application, and it went better than usual. Coincidence?",
        "Possibly. Try it without next time and compare.",
        ({"aid": "green tea"}, {"aid": "film music"}, {"aid": "an egg timer"}),
    ),
    Mistake(
        "The user has given up {habit} for good.",
        "No {habit} for me this week, I have a bet running with my brother.",
        "A week is a good start for a bet. What does the winner get?",
        ({"habit": "coffee"}, {"habit": "sugar"}, {"habit": "late-night series"}),
    ),
    Mistake(
        "The user is afraid of {animals}.",
        "Do {animals} come into a flat on the fourth floor? There was one on the curtain and it looked at me.",
        "They do, and they prefer to leave again. Open the window and wait.",
        ({"animals": "hornets"}, {"animals": "bats"}, {"animals": "house spiders"}),
    ),
)

# Somebody else's life, a role, or a text is taken for the user's.
WRONG = (
    Mistake(
        "The user works as {job}.",
        "I am writing a story in which the narrator is {job}. Can you check whether the tools are right?",
        "With pleasure. Send me the scene in the workshop first.",
        ({"job": "a lighthouse keeper"}, {"job": "a clockmaker"}, {"job": "a falconer"}),
        error="task_or_role_play",
    ),
    Mistake(
        "The user has {illness}.",
        "A colleague of mine has {illness}. What can I cook so that the whole team can eat together?",
        "That is kind. There are several dishes that work for everybody.",
        (
            {"illness": "coeliac disease"},
            {"illness": "diabetes"},
            {"illness": "a heart condition"},
        ),
        error="no_evidence",
    ),
    Mistake(
        "The user is planning a wedding in {place}.",
        "My cousin gets married in {place} and asked me to translate the invitation. Does this line sound natural?",
        "Almost. I would turn the second half around.",
        ({"place": "Lisbon"}, {"place": "a barn"}, {"place": "Edinburgh"}),
        error="no_evidence",
    ),
    Mistake(
        "The user believes that {claim}.",
        "For the debating club I have to defend that {claim}. I think it is nonsense, but I want to win.",
        "Then let us find the strongest version of it.",
        (
            {"claim": "homework should be forbidden"},
            {"claim": "cities should ban private gardens"},
            {"claim": "nobody should own more than ten books"},
        ),
        error="task_or_role_play",
    ),
    Mistake(
        "The user collects {things}.",
        "My late uncle left boxes full of {things}. Who would want them? I need the cellar back.",
        "A local collectors' club will often fetch them within a week.",
        ({"things": "beer mats"}, {"things": "model trains"}, {"things": "old postcards"}),
        error="no_evidence",
    ),
    Mistake(
        "The user lives in {city}.",
        "Write me a short letter as if you were a traveller who lives in {city} in the year 1900.",
        "Dear friend, the lamps are being lit as I write to you.",
        ({"city": "Vienna"}, {"city": "Buenos Aires"}, {"city": "Bombay"}),
        error="task_or_role_play",
    ),
)
