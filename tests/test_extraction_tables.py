"""Articles in, statements out: tables of the cases that news copy is made of, near misses among them."""

from __future__ import annotations

import pytest

from statclass.extraction import extract

WHOLE = "the whole article"
"""Stands in a table for the text of the article itself."""

Expected = list[tuple[str, str, str | None]]


def found(article: str) -> Expected:
    """The kind, text and speaker of every statement."""
    statements = extract(article)
    return [(s.kind, WHOLE if s.text == article else s.text, s.speaker) for s in statements]


MARKS = [
    ('"We will not attend," said Foreign Minister Jan Novak.', [("quote", "We will not attend", "Jan Novak")]),
    ("“We will not attend,” Jan Novak, the foreign minister, said.", [("quote", "We will not attend", "Jan Novak")]),
    ("«Nous» is not English. « We refuse », the president said.", [("quote", "We refuse", "the president")]),
    ("»We refuse to sign«, said the chancellor.", [("quote", "We refuse to sign", "the chancellor")]),
    ("„We refuse to sign“, said the chancellor.", [("quote", "We refuse to sign", "the chancellor")]),
    ("”We refuse to sign”, said the chancellor.", [("quote", "We refuse to sign", "the chancellor")]),
    (
        "'We don't accept the ministers' offer,' said Mr Hale.",
        [
            ("quote", "We don't accept the ministers' offer", "Hale"),
        ],
    ),
    (
        "‘We don’t accept the ministers’ offer,’ said Mr Hale. ‘It’s a joke.’",
        [
            ("quote", "We don’t accept the ministers’ offer", "Hale"),
            ("quote", "It’s a joke.", "Hale"),
        ],
    ),
    ("“He told me, ‘Go home,’ and I went,” Ms. Orr said.", [("quote", "He told me, ‘Go home,’ and I went", "Orr")]),
    ("‘He told me, “Go home,” and I went,’ Ms Orr said.", [("quote", "He told me, “Go home,” and I went", "Orr")]),
    ('"He said "no" to me," Ms. Orr said.', [("quote", 'He said "no" to me', "Orr")]),
    ("The players’ union and the owners’ group met. Rock ’n’ roll of the ’60s was played.", []),
    ("The '90s were 'good' years, and the dogs' bowls were full.", []),
]


@pytest.mark.parametrize(("article", "expected"), MARKS)
def test_marks(article: str, expected: Expected) -> None:
    """Quotation marks of every style are told from apostrophes."""
    assert found(article) == expected


SPLIT = [
    ("“The report,” said Mr. Hale, “is false.”", [("quote", "The report is false.", "Hale")]),
    (
        "“We deny it,” Hale said on Monday in Geneva, “and we always will.”",
        [
            ("quote", "We deny it and we always will.", "Hale"),
        ],
    ),
    (
        "“We deny it,” Hale said. “We always will.”",
        [
            ("quote", "We deny it", "Hale"),
            ("quote", "We always will.", "Hale"),
        ],
    ),
    ("“This is,” he added, after a pause, “a lie”.", [("quote", "This is a lie", None)]),
    ("“No,” said Hale. “Never,” he added.", [("quote", "No", "Hale"), ("quote", "Never", "Hale")]),
    (
        "“Is this peace?” asked Hale. “It is not!” the envoy shouted.",
        [
            ("quote", "Is this peace?", "Hale"),
            ("quote", "It is not!", "the envoy"),
        ],
    ),
    ("“Is this peace?” Hale asked.", [("quote", "Is this peace?", "Hale")]),
    ("“Enough!” Prime Minister Ana Silva told the Security Council.", [("quote", "Enough!", "Ana Silva")]),
]


@pytest.mark.parametrize(("article", "expected"), SPLIT)
def test_split(article: str, expected: Expected) -> None:
    """A quotation that its attribution splits is one statement; a new sentence is a new one."""
    assert found(article) == expected


OVER_PARAGRAPHS = [
    (
        "Hale said: “We came in peace.\n\n“We leave in anger.”",
        [
            ("quote", "We came in peace. We leave in anger.", "Hale"),
        ],
    ),
    (
        "“We came in peace.\n\n“We stayed.\n\n“We leave in anger,” Hale said.",
        [
            ("quote", "We came in peace. We stayed. We leave in anger", "Hale"),
        ],
    ),
    (
        "‘We came in peace.\n\n‘We leave in anger,’ Hale said.",
        [
            ("quote", "We came in peace. We leave in anger", "Hale"),
        ],
    ),
    ('"We came in peace, said Hale.\n\nThe talks go on.', [("quote", "We came in peace", "Hale")]),
    ("“We will never sign.\n\nThe talks go on.", [("quote", "We will never sign.", None)]),
]


@pytest.mark.parametrize(("article", "expected"), OVER_PARAGRAPHS)
def test_over_paragraphs(article: str, expected: Expected) -> None:
    """A quotation runs on where the next paragraph re-opens it; an unclosed one ends at its attribution."""
    assert found(article) == expected


BLOCKS = [
    (
        "The ministry said in a statement:\n\nThe claims are false. We reject them.\n\nTalks go on.",
        [
            ("quote", "The claims are false. We reject them.", "The ministry"),
        ],
    ),
    ("The statement reads as follows:\nThe claims are false.", [("quote", "The claims are false.", "The statement")]),
    ("The talks covered three points:\n\nTrade and customs.\n\nFish.", []),
    (
        "Lind wrote:\n\nWe cannot sign.\n\nThe text is bad.\n\nWe will not sign.\n\nThe letter is short.",
        [("quote", "We cannot sign. The text is bad. We will not sign.", "Lind")],
    ),
    (
        "The ministry published the following statement:\n\nThe claims are false.\n\nThey were made up.\n\n"
        "Lind denied it.",
        [
            ("quote", "The claims are false. They were made up.", "The ministry"),
            ("reported", "Lind denied it.", "Lind"),
        ],
    ),
]


@pytest.mark.parametrize(("article", "expected"), BLOCKS)
def test_blocks(article: str, expected: Expected) -> None:
    """A paragraph after a source and a colon is a quotation without marks."""
    assert found(article) == expected


TRANSCRIPTS = [
    (
        "Q: Did you sign?\n\nA: I did not.\n\nNobody asked me to.\n\nQ (Radio 4): Will you?\n\nA: No.",
        [
            ("quote", "Did you sign?", None),
            ("quote", "I did not. Nobody asked me to.", None),
            ("quote", "Will you?", None),
            ("quote", "No.", None),
        ],
    ),
    (
        "Anna Berg met the press.\nMS. BERG: We signed.\nTHE AMBASSADOR: So did we.\nMS. BERG: Good day.\n"
        "Later Berg denied it.",
        [
            ("quote", "We signed.", "BERG"),
            ("quote", "So did we.", "THE AMBASSADOR"),
            ("quote", "Good day.", "BERG"),
            ("reported", "Later Berg denied it.", "Berg"),
        ],
    ),
    ("LONDON: The talks failed.\nPARIS: The talks went on.\nLONDON: The talks failed again.", []),
    ("Trade: Sales fell.\n\nFish: Catches rose.\n\nWeather: It rained.", []),
]


@pytest.mark.parametrize(("article", "expected"), TRANSCRIPTS)
def test_transcripts(article: str, expected: Expected) -> None:
    """Each turn of a transcript is a quotation of whoever its label names, with the paragraphs that carry it on."""
    assert found(article) == expected


FRAGMENTS = [
    ("Hale called the vote a “farce”.", [("reported", WHOLE, "Hale")]),
    ("Hale said the vote was “a farce and a fraud on the people”.", [("reported", WHOLE, "Hale")]),
    ("The so-called “peace council” met in Bern.", []),
    ("He is the author of “War and Peace” and “The Idiot.”", []),
    ("The film “We Will Not Go” won a prize.", []),
    ("His sign read “No Entry”.", []),
    (
        "Hale said that “we will not go to any meeting called by them”.",
        [
            ("quote", "we will not go to any meeting called by them", "Hale"),
        ],
    ),
    ("Hale said the attack “will not go unpunished.”", [("reported", WHOLE, "Hale")]),
    (
        "Warsaw described the move as “hostile,” and Berlin called it “unwise.”",
        [
            ("reported", WHOLE, "Warsaw"),
            ("reported", WHOLE, "Berlin"),
        ],
    ),
]


@pytest.mark.parametrize(("article", "expected"), FRAGMENTS)
def test_fragments(article: str, expected: Expected) -> None:
    """Fragments, scare quotes and titles are no quotations; the sentence around a fragment may be a report."""
    assert found(article) == expected


REPORTED = [
    ("According to the ministry, the ship was empty.", [("reported", WHOLE, "the ministry")]),
    ("The ship was empty, according to Col. Ivan Petrov, a spokesman.", [("reported", WHOLE, "Ivan Petrov")]),
    ("The proposal was rejected by Tehran.", [("reported", WHOLE, "Tehran")]),
    (
        "The accusations were flatly denied by the Iranian foreign ministry on Monday.",
        [
            ("reported", WHOLE, "the Iranian foreign ministry"),
        ],
    ),
    ("Its refusal to attend angered Paris.", [("reported", WHOLE, None)]),
    ("Iran’s refusal to attend angered Paris.", [("reported", WHOLE, "Iran")]),
    ("France, Germany and Britain condemned the launch.", [("reported", WHOLE, "France, Germany and Britain")]),
    (
        "Poland and the three Baltic states refused to sign.",
        [
            ("reported", WHOLE, "Poland and the three Baltic states"),
        ],
    ),
    ("The U.S. and the EU have imposed new tariffs.", []),
    (
        "Kyiv denied it, while Moscow said the pictures were real.",
        [
            ("reported", WHOLE, "Kyiv"),
            ("reported", WHOLE, "Moscow"),
        ],
    ),
    ("Russia labels crash an act of terror", [("reported", WHOLE, "Russia")]),
    ("Iran: West to blame for collapse of talks", []),
    ("Kremlin: West to blame for collapse of talks", [("reported", WHOLE, "Kremlin")]),
    ("West to blame for collapse of talks - minister", [("reported", WHOLE, "minister")]),
    ("Israel ‘will not be lectured’, Netanyahu tells UN", [("reported", WHOLE, "Netanyahu")]),
    (
        "The White House on Friday rejected the offer, saying it came too late.",
        [
            ("reported", WHOLE, "The White House"),
        ],
    ),
    ("The minister left the room, saying he had heard enough.", [("reported", WHOLE, "The minister")]),
    (
        "In a statement on Tuesday, the African Union urged both sides to stop.",
        [
            ("reported", WHOLE, "the African Union"),
        ],
    ),
    ("North Korean state media accused the South of provocation.", [("reported", WHOLE, "North Korean state media")]),
    ("Ursula von der Leyen warned that time was short.", [("reported", WHOLE, "Ursula von der Leyen")]),
    ("Syrian President Bashar al-Assad has denied using gas.", [("reported", WHOLE, "Bashar al-Assad")]),
    (
        "UN Secretary-General António Guterres, speaking in New York, said he was alarmed.",
        [
            ("reported", WHOLE, "António Guterres"),
        ],
    ),
    (
        "A spokesman for the Chinese embassy in London said the report was a smear.",
        [
            ("reported", WHOLE, "A spokesman for the Chinese embassy in London"),
        ],
    ),
    ("Officials in Kyiv say the bridge is gone.", [("reported", WHOLE, "Officials in Kyiv")]),
    ("Israel did not say who had fired.", []),
    ("The minister was expected to say more on Monday.", []),
    ("It was raining in Geneva when the talks ended.", []),
    ("The strike killed 12 people and wounded 30, including three children.", []),
    ("Oil prices rose on Monday.", []),
    ("The call lasted 20 minutes.", []),
    ("A report on the state of the union is due.", []),
    ("The court will hear the claim in May.", []),
    ("The State Department will hold a briefing.", []),
    ("Troops fired at the convoy.", []),
    ("The army shelled the town and attacked the bridge.", []),
    ("They met in Vienna for talks on the demands of farmers.", []),
    (
        "Anna Berg is the foreign minister. She rejected the plan.",
        [
            ("reported", "She rejected the plan.", "Anna Berg"),
        ],
    ),
    (
        "Foreign Minister Anna Berg met Hugo Lind in Oslo. “It is over,” she said.",
        [
            ("quote", "It is over", "Anna Berg"),
        ],
    ),
    ("Mr. Lind met Ms. Berg. “It is over,” she said.", [("quote", "It is over", "Berg")]),
    ("Anna Berg met Hugo Lind. She denied it.", [("reported", "She denied it.", "Anna Berg")]),
    ("Hugo Lind met Anna Berg. She denied it.", [("reported", "She denied it.", "Anna Berg")]),
    (
        "Anna Berg denied it. The tip came from Hugo Lind. “It is true,” he said.",
        [("reported", "Anna Berg denied it.", "Anna Berg"), ("quote", "It is true", "Hugo Lind")],
    ),
    (
        "The ministry said the ship was empty. It rejected the charge.",
        [
            ("reported", "The ministry said the ship was empty.", "The ministry"),
            ("reported", "It rejected the charge.", "The ministry"),
        ],
    ),
    ("“We are not at war,” he said.", [("quote", "We are not at war", None)]),
    (
        "“We will go,” the president told reporters in Paris. “They will not.”\n\n“It is simple.”",
        [
            ("quote", "We will go", "the president"),
            ("quote", "They will not.", "the president"),
            ("quote", "It is simple.", "the president"),
        ],
    ),
    (
        "Maria Zakharova, a ministry spokeswoman, called the claim “nonsense.” “Show us proof,” Zakharova added.",
        [
            (
                "reported",
                "Maria Zakharova, a ministry spokeswoman, called the claim “nonsense.”",
                "Maria Zakharova",
            ),
            ("quote", "Show us proof", "Zakharova"),
        ],
    ),
    ("Asked about the strike, Lind replied: “No comment.”", [("quote", "No comment.", "Lind")]),
    (
        "“Our position is clear: no talks under fire,” read a statement from the presidency.",
        [
            ("quote", "Our position is clear: no talks under fire", "a statement from the presidency"),
        ],
    ),
    ("“We reject this,” tweeted Lind.", [("quote", "We reject this", "Lind")]),
    ("Lind wrote on X that the talks were “dead.”", [("reported", WHOLE, "Lind")]),
    (
        "LONDON (Reuters) - Britain on Monday rejected the claim.",
        [
            ("reported", "Britain on Monday rejected the claim.", "Britain"),
        ],
    ),
    ("PARIS, March 3 (AFP) — France denied it.", [("reported", "France denied it.", "France")]),
    ("GENEVA — The U.N. said it was alarmed.", [("reported", "The U.N. said it was alarmed.", "The U.N.")]),
    ("By Jane Smith and John Doe", []),
    ("Reporting by Jane Smith; Editing by John Doe", []),
    ("Read more: Russia accuses Ukraine of attack", []),
    (
        "The embassy has yet to comment. It declined to say who was there.",
        [
            ("reported", "It declined to say who was there.", "The embassy"),
        ],
    ),
    ("Beijing hit out at the “smear campaign”.", [("reported", WHOLE, "Beijing")]),
    ("Hungary vetoed the aid package.", [("reported", WHOLE, "Hungary")]),
    ("Turkey ruled out a deal.", [("reported", WHOLE, "Turkey")]),
    ("The company turned down the offer.", [("reported", WHOLE, "The company")]),
    ("He refused to condemn the attack, Lind’s office said.", [("reported", WHOLE, "Lind’s office")]),
    ("The country that accused us is silent.", []),
    ("Both sides accused each other of breaking the truce.", [("reported", WHOLE, "Both sides")]),
    ("Each side blames the other.", [("reported", WHOLE, "Each side")]),
    ("State television said on Sunday that 20 people had died.", [("reported", WHOLE, "State television")]),
    ("The Guardian reported that talks had failed.", [("reported", WHOLE, "The Guardian")]),
    (
        "“Was it a copy?” Senator Uzor asked Anna Berg.\n\n“Original, sir.”",
        [("quote", "Was it a copy?", "Uzor"), ("quote", "Original, sir.", "Anna Berg")],
    ),
    (
        "“Was it a copy?” Senator Uzor asked the committee.\n\n“Original, sir.”",
        [("quote", "Was it a copy?", "Uzor"), ("quote", "Original, sir.", None)],
    ),
    (
        "“It is mine.” On Monday, after hours of talk, the mayor Anna Berg did not mince her words.",
        [("quote", "It is mine.", "Anna Berg")],
    ),
    (
        "Lind denied it.\n\n“Nobody asked us.” The words, in red paint, cover a wall.",
        [("reported", "Lind denied it.", "Lind"), ("quote", "Nobody asked us.", None)],
    ),
    (
        "The minister denied any part in it: “We were asleep.”",
        [("reported", WHOLE, "The minister"), ("quote", "We were asleep.", "The minister")],
    ),
    ("The minister denied on Monday: “We were asleep.”", [("quote", "We were asleep.", "The minister")]),
    ("Lind does not want to reopen the talks.", [("reported", WHOLE, "Lind")]),
    ("Lind does not want rain.", []),
    ("The ferry was sold over lunch, an inquiry heard yesterday.", [("reported", WHOLE, "an inquiry")]),
    ("“We did it,” the agency quoted an official as saying.", [("quote", "We did it", "an official")]),
    ("The staff walked out after accusing the minister of lying.", [("reported", WHOLE, "The staff")]),
    ("He got a letter telling him to leave.", []),
    ("Paris dismissed the North’s claim as empty.", [("reported", WHOLE, "Paris"), ("reported", WHOLE, "the North")]),
    (
        "Berg deplored the refusal of the sponsors to wait.",
        [("reported", WHOLE, "Berg"), ("reported", WHOLE, "the sponsors")],
    ),
    ("It opens at 6 a.m. Residents denied it.", [("reported", "Residents denied it.", "Residents")]),
    ("SANTA FE, N.M. (WNA) — Residents denied it.", [("reported", "Residents denied it.", "Residents")]),
    ("Its secretary, a retired vet called Owen Pask, denied it.", [("reported", WHOLE, "Owen Pask")]),
    ("The owner, surnamed Hung, denied it.", [("reported", WHOLE, "Hung")]),
    ("One of them, Owen Pask, denied it.", [("reported", WHOLE, "Owen Pask")]),
    ("The vendor, Okano Inc., denied it.", [("reported", WHOLE, "Okano Inc.")]),
    ("The minister, Owen Pask (SPD), denied it.", [("reported", WHOLE, "Owen Pask")]),
    ("The mayor of Kyiv, Ukraine, denied it.", [("reported", WHOLE, "The mayor of Kyiv")]),
    ("A spokesman for the agency, UNHCR, denied it.", [("reported", WHOLE, "A spokesman for the agency")]),
    ("A report by the charity denied it.", [("reported", WHOLE, "A report by the charity")]),
    ("One of the clerks denied it.", [("reported", WHOLE, "One of the clerks")]),
    ("His Highness denied it.", [("reported", WHOLE, "His Highness")]),
    ("Jan Novak spoke. According to him, it was over.", [("reported", "According to him, it was over.", "Jan Novak")]),
    ("Lind said nothing.", []),
    ("Lind’s lawyers claim it is forged.", [("reported", WHOLE, "Lind’s lawyers")]),
    (
        "Lind rejected the charge, a claim dismissed as “infantile” by Jan Novak.",
        [("reported", WHOLE, "Lind"), ("reported", WHOLE, "Jan Novak")],
    ),
    ("“It hums,” added another, Tomás.", [("quote", "It hums", "Tomás")]),
    ("Sources close to Mrs Tate said it was over.", [("reported", WHOLE, "Sources close to Mrs Tate")]),
    ("A lawyer for Mr Hale said it was over.", [("reported", WHOLE, "A lawyer for Mr Hale")]),
    ("Hugo Lind was quoted by the agency as saying that it was over.", [("reported", WHOLE, "Hugo Lind")]),
    (
        "State radio quoted the army chief, Gen. Amos Kiiza, as warning that it would act.",
        [("reported", WHOLE, "Amos Kiiza")],
    ),
    (
        "The mayor is accused by prosecutors of theft, which he denies.",
        [("reported", WHOLE, "prosecutors"), ("reported", WHOLE, "The mayor")],
    ),
    ("Engineers disagree.", [("reported", WHOLE, "Engineers")]),
    ("Lind disagrees less.", []),
    ("There was no reaction from the palace.", []),
    ("Asked if he feared arrest, Jan Novak laughed. “They know me.”", [("quote", "They know me.", "Jan Novak")]),
    ("“No,” said Nadia Karam of the Pen Union.", [("quote", "No", "Nadia Karam")]),
    ("“We pay,” noted in this connection the envoy, I. I. Zhuk.", [("quote", "We pay", "I. I. Zhuk")]),
]


@pytest.mark.parametrize(("article", "expected"), REPORTED)
def test_reported(article: str, expected: Expected) -> None:
    """A sentence in which a source says or does something is a report; others are not."""
    assert found(article) == expected


NAMES = [
    *["Israel Katz", "Jordan Bardella", "Julie Bishop", "Theresa May", "June Osei", "Kim Jong Un", "Lula da Silva"],
    *["Ursula von der Leyen", "Jaap de Hoop Scheffer", "Abdel Fattah el-Sisi", "Seán Ó Fearghaíl", "Željko Komšić"],
    *[
        "Ngozi Okonjo-Iweala",
        "J. D. Vance",
        "Martin Luther King Jr.",
        "Sinéad O’Connor",
        "Maria do Carmo",
        "Ban Ki-moon",
    ],
]
FRAMES = [
    "Foreign Minister {} said it was over.",
    "{} denied it.",
    "“It is over,” said {}, the foreign minister.",
    "“It is over,” the spokeswoman, {}, said.",
    "The president, {}, condemned it.",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", NAMES)
def test_names(name: str, frame: str) -> None:
    """A name is given whole and without its office, whichever words it is made of."""
    assert [s.speaker for s in extract(frame.format(name))] == [name]


SOURCES = [
    *["the chief Soviet delegate", "the head of the Polish delegation", "two senior European diplomats"],
    *["an official in the prime minister’s office", "the U.N. mission in Mali", "residents of the besieged town"],
    *["the ruling party’s general secretary", "the island’s chief fisheries officer", "the ship’s owner"],
    *["the country’s largest trade union", "the Secretary of State for Defence", "a group of 40 lawmakers"],
    *["the Permanent Representative of Chad", "a lawyer for the detained men", "local media", "both governments"],
]
SOURCE_FRAMES = [
    "{} denied the report.",
    "{} said it was over.",
    "“It is over,” said {}.",
    "The claim was rejected by {}.",
    "“It is over,” {} told reporters in Paris.",
    "It is over, according to {}.",
]


@pytest.mark.parametrize("frame", SOURCE_FRAMES)
@pytest.mark.parametrize("source", SOURCES)
def test_sources(source: str, frame: str) -> None:
    """A source without a name is given as the whole phrase that describes it."""
    opening = frame.startswith("{}")
    article = frame.format(source[0].upper() + source[1:] if opening else source)
    assert [(s.speaker or "").lower() for s in extract(article)] == [source.lower()]


FULL_NAMES = [
    ("Russian Foreign Minister Sergei Lavrov left. Lavrov denied it.", "Lavrov", "Sergei Lavrov"),
    ("The minister, Anna Berg, met Hugo Lind. The minister denied it.", "The minister", "Anna Berg"),
    ("Gen. Ilie Cazac was heard. The general denied it.", "The general", "Ilie Cazac"),
    ("The ministry was told. It denied the report.", "The ministry", "The ministry"),
    ("Sergei Lavrov and Maria Lavrova met. Lavrov denied it.", "Lavrov", "Sergei Lavrov"),
]


@pytest.mark.parametrize(("article", "speaker", "full"), FULL_NAMES)
def test_full_names(article: str, speaker: str, full: str) -> None:
    """`speaker` is as named at the statement, `speaker_full` the longest form of the name up to there."""
    assert [(s.speaker, s.speaker_full) for s in extract(article)] == [(speaker, full)]


def test_unclosed_mark_is_flagged() -> None:
    """The statement with the unclosed mark says so, and what comes after is read as if nothing had happened."""
    first, second = extract("“We came in peace, said Hale.\n\nBerg said: “We left.”")
    assert (first.text, first.speaker, first.problem) == ("We came in peace", "Hale", "unclosed quotation mark")
    assert (second.text, second.speaker, second.problem) == ("We left.", "Berg", None)


def test_spans_of_a_split_quotation() -> None:
    """The pieces of a split quotation leave out marks, attribution and the comma before it."""
    article = "“The report,” said Hale, “is false.”"
    (statement,) = extract(article)
    assert statement.spans == ((1, 11), (26, 35))
    assert (statement.start, statement.end) == (1, 35)


KNOWN_FAILURES = [
    pytest.param(
        "The federation gave the government 72 hours to repeal the decree.",
        [("reported", WHOLE, "The federation")],
        marks=pytest.mark.xfail(reason="an ultimatum without a verb or noun of saying"),
    ),
    pytest.param(
        "A sign above them reads “Gift of the People of Korea.”",
        [],
        marks=pytest.mark.xfail(reason="an inscription with a stop looks like a quotation after a verb of saying"),
    ),
]


@pytest.mark.parametrize(("article", "expected"), KNOWN_FAILURES)
def test_known_failures(article: str, expected: Expected) -> None:
    """What is still read wrongly, each with its reason, and its neighbour that is right."""
    assert found(article) == expected
