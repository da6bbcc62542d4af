"""Requests about travel, home, money and free time."""

from personalization.demo.nouns import Query, Topic

QUERIES = (
    Query(
        Topic.TRAVEL,
        "I have a long weekend in October and want to go somewhere by train. How would you plan it?",
        "Three days by train work best with a single place and no changes after dark.",
        (
            "Pick a town no more than four hours away, with a river or an old centre to walk in.",
            "Leave early on Friday, put the bag into a locker and see the market first.",
            "Keep Saturday for one long walk and one museum, in that order.",
            "On Sunday, have a slow breakfast and take the train before the last one.",
        ),
        "Book the seats now and decide the rest there.",
    ),
    Query(
        Topic.TRAVEL,
        "Can you sketch two weeks of holiday in September that do not cost too much?",
        "Two weeks become cheaper and calmer with only two places.",
        (
            "Spend the first week in a small town with a good bus in every direction.",
            "Cook on three evenings and eat out at noon, when the same dish costs less.",
            "Travel on a Tuesday to the second place, close to water and far from motorways.",
            "Leave two days without any plan; these are the ones you will tell people about.",
        ),
        "Compare night trains before you look at flights.",
    ),
    Query(
        Topic.TRAVEL,
        "Friends from abroad are staying with me for one day. How do I show them around the region?",
        "One day is enough for three stops and a good meal.",
        (
            "Start high up, on a tower or a hill, so that everybody has the map in mind.",
            "Walk down through an ordinary quarter; guests like bakeries more than monuments.",
            "Eat late in the afternoon, when kitchens have time for questions.",
            "Finish at a place with water or a view and let the day run out there.",
        ),
        "Leave one stop out if the talk is good.",
    ),
    Query(
        Topic.HOME,
        "I have one small room to work and to sleep in. How should I divide it?",
        "Divide the room by light rather than by walls.",
        (
            "Put the desk at the window and the bed into the darkest corner.",
            "Turn the chair so that you do not see the desk from the pillow.",
            "Store by frequency: daily things at hand height, the rest above the door.",
            "Close the working day with a gesture, such as a cloth over the screen.",
        ),
        "Try it with tape on the floor before moving anything heavy.",
    ),
    Query(
        Topic.HOME,
        "Our hallway collects shoes, bags and post. How do I get it clear and keep it so?",
        "A hallway stays clear when each thing has a shorter way than the floor.",
        (
            "Empty it completely and put back only what left the house this week.",
            "Give every person one hook, one shelf and one box, and not more.",
            "Open the post while standing next to the paper bin.",
            "Reset it every evening while the kettle boils.",
        ),
        "After a month, remove one more thing.",
    ),
    Query(
        Topic.HOME,
        "How do I make the living room warmer and cosier before winter?",
        "Warmth begins with draughts, and cosiness with lamps.",
        (
            "Hold a candle near windows and doors and seal wherever the flame moves.",
            "Pull the sofa a hand's breadth away from the outer wall.",
            "Use three small lamps at different heights in place of the one above.",
            "Add something that absorbs sound: books, a rug, a heavy curtain.",
        ),
        "Turn the heating down by a degree and see whether you notice.",
    ),
    Query(
        Topic.MONEY,
        "Every budget I make falls apart by the tenth of the month. How do I make one that survives?",
        "Make a budget with four numbers instead of forty.",
        (
            "Write down what must be paid, and move exactly that to a separate account on payday.",
            "Divide what remains by the weeks of the month, and take it out week by week.",
            "Add a line called surprise, as there is one every month.",
            "Look at it for ten minutes on Sundays and never on other days.",
        ),
        "After three months, adjust one number only.",
    ),
    Query(
        Topic.MONEY,
        "I would like to have two thousand put aside by next summer. What is a sensible way?",
        "Two thousand in ten months are fifty a week.",
        (
            "Let the money leave your account on the day it arrives.",
            "Cancel two subscriptions and note the sum as the first payment.",
            "Keep refunds, gifts and overtime out of everyday spending.",
            "Mark every five hundred with something that costs nothing.",
        ),
        "If a month fails, lower the next goal instead of stopping.",
    ),
    Query(
        Topic.MONEY,
        "Where can I spend less in everyday life without feeling it all the time?",
        "The best savings are the ones you decide only once.",
        (
            "Compare electricity, insurance and phone on a single evening in autumn.",
            "Plan meals from what is there, and buy with a list and after eating.",
            "Wait three days before ordering anything that is not food.",
            "Borrow tools and formal clothes; both spend their lives in cupboards.",
        ),
        "Write the yearly sum next to each change.",
    ),
    Query(
        Topic.LEISURE,
        "I would like a new hobby for the winter, preferably with people. Any ideas?",
        "Choose by the evening you have rather than by talent.",
        (
            "Try three things once each before you buy anything: a choir, a workshop, a climbing hall.",
            "Look for groups that are open to beginners in every month, not only in September.",
            "Prefer a place you can reach within twenty minutes, as January is cold.",
            "After four evenings, keep the one that you told others about.",
        ),
        "Feeling clumsy belongs to the first month.",
    ),
    Query(
        Topic.LEISURE,
        "I have a free weekend and no plans. How do I spend it well without going far?",
        "A good weekend has one outing, one task and one long nothing.",
        (
            "On Saturday morning, go somewhere within an hour that you always pass by.",
            "Spend the afternoon on a task that has been waiting for weeks, and stop at five.",
            "Call somebody you have not spoken to this year.",
            "Keep Sunday free until noon, without a screen.",
        ),
        "Write down on Sunday evening what you would repeat.",
    ),
    Query(
        Topic.LEISURE,
        "What could I do with three or four friends on an evening that is not just dinner?",
        "Give the evening a small frame and a clear end.",
        (
            "Choose something that everybody can do badly: charades, a quiz, drawing each other.",
            "Ask each friend to bring one thing, such as a song, a photo or a question.",
            "Begin at seven and have food that can be eaten with one hand.",
            "Stop while it is still good, at about half past ten.",
        ),
        "Settle the next date before people put on their coats.",
    ),
)
