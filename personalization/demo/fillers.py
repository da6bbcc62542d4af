"""What else people talk about: nothing was extracted from it, and sometimes something was missed."""

from personalization.demo.nouns import Filler

FILLERS = (
    Filler(
        "Hello! Do you also answer small questions?",
        "Gladly. Small questions are often the better ones.",
    ),
    Filler(
        "Which side of the paper is for the printer again? It has been blinking at me for an hour.",
        "The smoother side, usually. Mark one sheet with a pencil, print it, and you will know for good.",
    ),
    Filler(
        "Is it true that bread goes stale faster in the fridge?",
        "Yes. It keeps longer in a bag on the counter, and longest in the freezer.",
    ),
    Filler(
        "How many weeks are there until the end of June?",
        "Tell me today's date, and I will count them with you.",
    ),
    Filler(
        "Thanks, that was useful. I will be back when the next thing breaks.",
        "Until then, may nothing break.",
    ),
    Filler(
        "What do you call the little plastic end of a shoelace?",
        "An aglet. Now you will see them everywhere.",
    ),
    Filler(
        "Can you turn 350 degrees Fahrenheit into Celsius for me?",
        "That is about 175 degrees Celsius.",
    ),
    Filler(
        "Why is the sky so orange this evening?",
        "Low light travels through more air, which takes the blue out of it on the way.",
    ),
    Filler(
        "Say something encouraging. It is Monday and it rains.",
        "It will be Tuesday sooner than it looks, and the plants are delighted.",
    ),
    Filler(
        "What is the capital of Australia? I always say Sydney and somebody always sighs.",
        "Canberra. Sydney would be the better story, so you are forgiven.",
    ),
    Filler(
        "I have promised my grandmother to call at six. Remind me how to mute this thing?",
        "The bell in the corner mutes it. Greetings to your grandmother.",
        missed="The user is close to a grandmother.",
    ),
    Filler(
        "My glasses are fogging up over the tea again, so forgive the typing.",
        "Take your time. Tea comes first.",
        missed="The user wears glasses.",
    ),
    Filler(
        "As always I am writing to you from the train, so the answer may get lost in a tunnel.",
        "Then I will keep it short enough for one station.",
        missed="The user often travels by train.",
    ),
    Filler(
        "It is five in the morning and I am wide awake, as on any other day. What can one do at this hour without noise?",
        "Read, stretch, write a letter. The world belongs to you until seven.",
        missed="The user gets up very early.",
    ),
    Filler(
        "I will read your answer with a dictionary beside me, my English is from school.",
        "I will write simply then. Ask whenever a word is new.",
        missed="The user's first language is not English.",
    ),
    Filler(
        "My left hand does the writing, so scissors and I are old enemies. Where do I find the other kind?",
        "Look for shops for school supplies; most keep left-handed ones in a drawer.",
        missed="The user is left-handed.",
    ),
)
