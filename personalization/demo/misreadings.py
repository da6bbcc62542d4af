"""What other ways of reading the chats make of the same words: too far, the mere task, or mended."""

from collections.abc import Mapping

# Too far: what somebody says once or of one thing is said of all of life. By the attribute that the
# same words support.
TOO_FAR: Mapping[str, str] = {
    "The user does not eat {food}.": "The user despises everybody who eats {food}.",
    "The user is allergic to {food}.": "The user never goes to restaurants because of {food}.",
    "The user cooks in a tiny kitchen with {kit}.": "The user hates cooking and gets by with {kit}.",
    "The user grew up with {cuisine} food and misses its heat.": "The user eats nothing but {cuisine} food.",
    "The user has a {part} that {trouble}.": "The user cannot do any sport because of a {part}.",
    "The user is training for {goal}.": "The user is an ambitious athlete who lives for {goal}.",
    "The user hears badly {where}.": "The user understands nothing at all {where}.",
    "The user sleeps lightly and wakes up from {noise}.": "The user never sleeps because of {noise}.",
    "The user gets {trouble}.": "The user never travels, so as not to get {trouble}.",
    "The user has {children}.": "The user is interested in nothing but {children}.",
    "The user has {dog}.": "The user goes nowhere without {dog}.",
    "The user looks after {relative}.": "The user has no life of their own beside {relative}.",
    "The user is paying off {loan} until next year.": "The user is deep in debt because of {loan}.",
    "The user owns no car and goes everywhere by {means}.": "The user despises all drivers and accepts nothing but {means}.",
    "The user grows {plants} in {place}.": "The user lives on nothing but {plants}.",
    "The user rents {flat} and may not {forbidden}.": "The user is always at war with the landlord of {flat}.",
    "The user tries to {principle}.": "The user expects everybody to {principle}.",
    "The user moved to {place} last spring and knows few people there.": "The user has no friends and hides in {place}.",
    "The user works {shift}.": "The user never has time for anything because of {shift}.",
    "The user teaches {subject} at a secondary school.": "The user talks of nothing but {subject}.",
    "The user works from home for a company in {place}.": "The user never leaves home and thinks only of {place}.",
    "The user earns an irregular income as {job}.": "The user cannot plan anything, like everybody who lives as {job}.",
    "The user thinks most clearly {hour}.": "The user gets nothing done except {hour}.",
    "The user gets nervous when speaking in front of {people}.": "The user never speaks in front of {people}.",
    "The user is doing a part-time degree in {field}.": "The user knows everything about {field}.",
    "The user is learning {language} and practises every morning.": "The user speaks fluent {language}.",
    "The user finds long texts tiring and learns best from {form}.": "The user refuses everything but {form}.",
    "The user wants advice with {form}.": "The user cannot bear any advice without {form}.",
    "The user plays the {instrument} in an amateur orchestra.": "The user lives off playing the {instrument}.",
    "The user reads a lot of {books}.": "The user reads nothing but {books}.",
    "The user watches {films} and remembers whole scenes.": "The user watches nothing but {films}.",
    "The user likes {humour} and dislikes solemn language.": "The user answers everything with {humour}.",
    "The user plays {game} in a club on Thursdays.": "The user is a master of {game}.",
    "The user spends free weekends {doing}.": "The user does nothing at weekends but {doing}.",
    "The user {makes} in the evenings.": "The user {makes} from morning to night.",
    "The user volunteers at {place}.": "The user gives all of their time to {place}.",
}  # fmt: skip

# The task is taken for a trait. By what was said.
TASKS: Mapping[str, str] = {
    "Hello!": "The user wants to know whether small questions are answered.",
    "Which side of the paper": "The user asks which side of the paper the printer needs.",
    "Is it true that bread": "The user asks how bread goes stale.",
    "How many weeks": "The user counts the weeks until the end of June.",
    "Thanks, that was useful.": "The user says thanks and will be back.",
    "What do you call": "The user is looking for the name of a part of a shoelace.",
    "Can you turn 350": "The user turns degrees Fahrenheit into Celsius.",
    "Why is the sky": "The user asks why the sky is orange.",
    "Say something encouraging.": "The user wants to read something encouraging.",
    "What is the capital": "The user asks for the capital of Australia.",
    "I have promised my grandmother": "The user asks how to mute a device.",
    "My glasses are fogging": "The user asks to be forgiven for the typing.",
    "As always I am writing": "The user thinks that the answer may get lost.",
    "It is five in the morning": "The user asks what to do at this hour.",
    "I will read your answer": "The user is going to read the answer.",
    "My left hand": "The user asks where to find scissors.",
}

# Doubtful attributes, rewritten so that they say no more than what was said; most of them hold.
MENDED: Mapping[str, str] = {
    "The user loves {cuisine} food above everything else.": "The user has a new cookbook and is looking for a {cuisine} starter.",
    "The user always works late on {day}s.": "The user had to stay late on a {day}.",
    "The user is an expert in {field}.": "The user reads about {field} in the newspaper.",
    "The user dislikes {people}.": "The user needs some quiet on a long journey by train.",
    "The user goes to {place} every year.": "The user was at {place} in June.",
    "The user cannot concentrate without {aid}.": "The user is trying out {aid} while writing.",
    "The user has given up {habit} for good.": "The user has a bet with a brother about a week without {habit}.",
    "The user is afraid of {animals}.": "The user does not want {animals} in the flat.",
}  # fmt: skip
# These two still say too much: owners stay in doubt.
STILL_DOUBTFUL = {"The user always works late on {day}s.", "The user is afraid of {animals}."}
