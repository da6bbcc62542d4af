"""Traits of work and learning."""

from personalization.demo.nouns import Topic, Trait

TRAITS = (
    Trait(
        "The user works {shift}.",
        "I work {shift}, so please don't tell me to get up at six and meditate. I am {state} by then.",
        "No sunrise routines, I promise. When does your day feel longest?",
        {
            Topic.FITNESS: "You work {shift}, so tie each session to the end of a shift and not to an hour; at six you are {state}.",
            Topic.STUDY: "As you work {shift}, keep the hard chapters for days off and use workdays only for ten minutes of repetition.",
            Topic.COOKING: "Working {shift}, you eat at odd hours: cook what can be reheated twice and still tastes good.",
        },
        (
            {"shift": "nights in a hospital", "state": "just coming home"},
            {"shift": "early shifts in a bakery", "state": "already tired"},
            {"shift": "late shifts at an airport", "state": "fast asleep"},
        ),
        group="job",
    ),
    Trait(
        "The user teaches {subject} at a secondary school.",
        "I teach {subject} at a secondary school, and after twenty-six lessons a week I am out of words.",
        "Then let us borrow some from your lessons. What did the class like last week?",
        {
            Topic.WORK: "You teach {subject}, so do what you do in class: begin with {hook}, and ask a question before you explain.",
            Topic.WRITING: "As a teacher of {subject} you have the best opening at hand: begin with {hook} and go from there.",
            Topic.STUDY: "You know from teaching {subject} that explaining beats reading, so explain every section aloud to an imaginary class.",
        },
        (
            {"subject": "chemistry", "hook": "something that fizzes"},
            {"subject": "geography", "hook": "a map with a mistake in it"},
            {"subject": "woodwork", "hook": "an object to pass around"},
        ),
        group="job",
    ),
    Trait(
        "The user works from home for a company in {place}.",
        "My company is in {place} and I work from home, so my colleagues wake up when I think about supper.",
        "That stretches a day at both ends. Which hours do you really share?",
        {
            Topic.WORK: "With colleagues in {place}, put what can be read into a short text before and keep the shared hour for decisions.",
            Topic.HOME: "You work from home with {place}, so light matters: place the desk where an evening call does not need the ceiling lamp.",
            Topic.FITNESS: "As your calls with {place} come late, the free hours are at noon: move the session there, while it is light.",
        },
        (
            {"place": "Vancouver"},
            {"place": "San Diego"},
            {"place": "Chicago"},
        ),
        group="job",
    ),
    Trait(
        "The user earns an irregular income as {job}.",
        "I live on what I earn as {job}. Some months it pours, and in others I reread the bank statement for company.",
        "Irregular income can still be planned, just from the dry months up.",
        {
            Topic.MONEY: "As {job} you have no usual month: plan with the weakest of the last twelve and move every surplus to a second account.",
            Topic.WORK: "You work as {job}, so end every conversation with three things in writing: what, by when, and what it costs.",
            Topic.TRAVEL: "Because orders for {job} come when they want, book what can be cancelled until the evening before.",
        },
        (
            {"job": "a freelance translator"},
            {"job": "an illustrator"},
            {"job": "a sound engineer"},
        ),
        group="job",
    ),
    Trait(
        "The user thinks most clearly {hour}.",
        "Give me a puzzle {hour} and I will solve it. At any other time I mostly move paper around.",
        "Good to know. Then that hour is too good for email.",
        {
            Topic.STUDY: "You think most clearly {hour}, so keep that time for new material and do exercises at any other hour.",
            Topic.WRITING: "Write the first draft {hour}, when you think most clearly, and correct it at a time when you feel dull and strict.",
            Topic.FITNESS: "Do not spend your best time on exercise: you think most clearly {hour}, and legs do not mind the others.",
        },
        (
            {"hour": "before seven in the morning"},
            {"hour": "after nine at night"},
            {"hour": "in the hour after lunch"},
        ),
        group="job",
    ),
    Trait(
        "The user gets nervous when speaking in front of {people}.",
        "As soon as I have to speak in front of {people}, my voice climbs by an octave. I know the subject, but it does not show.",
        "Many good speakers know that feeling. The first twenty seconds decide most of it.",
        {
            Topic.WORK: "Speaking in front of {people} makes you nervous, so learn only your first two sentences by heart; the rest may stay rough.",
            Topic.WRITING: "As you get nervous in front of {people}, keep sentences short enough for one breath and mark the places to pause.",
            Topic.PARTY: "You need not speak in front of {people}: let a written menu or a quiz welcome everybody instead of a toast.",
        },
        (
            {"people": "more than ten people"},
            {"people": "senior managers"},
            {"people": "strangers"},
        ),
    ),
    Trait(
        "The user is doing a part-time degree in {field}.",
        "Besides the job I'm doing a part-time degree in {field}. Friends have begun to book me three weeks ahead.",
        "Impressive, and probably exhausting. How many evenings are left?",
        {
            Topic.STUDY: "Take the examples from {field}: what you meet in your part-time degree anyway will stick twice as fast.",
            Topic.MONEY: "Your part-time degree in {field} has fees and travel that return each term, so spread them over all months now.",
            Topic.LEISURE: "With a part-time degree in {field} you read enough, so choose something for the hands or the legs.",
        },
        (
            {"field": "nursing"},
            {"field": "landscape architecture"},
            {"field": "law"},
        ),
    ),
    Trait(
        "The user is learning {language} and practises every morning.",
        "I practise {language} every morning on the way to work. I can order anything now, but I cannot send it back.",
        "That is the advanced course. Shall we practise complaining politely?",
        {
            Topic.TRAVEL: "You are learning {language}, so prefer {place} and decide that you will order, ask and get lost in that language only.",
            Topic.STUDY: "Your morning practice of {language} is a habit that works: hang ten minutes of the new subject directly onto it.",
            Topic.LEISURE: "As you are learning {language}, look for a conversation table or a film evening in it; that turns practice into company.",
        },
        (
            {"language": "Spanish", "place": "Galicia"},
            {"language": "Polish", "place": "Kraków"},
            {"language": "Italian", "place": "Trieste"},
        ),
    ),
    Trait(
        "The user finds long texts tiring and learns best from {form}.",
        "Long texts tire me out and the lines start to swim. Give me {form} and I'm fine.",
        "Then let us keep paragraphs out of it.",
        {
            Topic.STUDY: "You learn best from {form}, so turn every chapter into that first and go back to the text only for gaps.",
            Topic.WORK: "As long texts tire you, ask colleagues for {form} before the meeting and offer the same in return.",
        },
        (
            {"form": "diagrams"},
            {"form": "recordings"},
            {"form": "worked examples"},
        ),
        group="reading",
    ),
)
