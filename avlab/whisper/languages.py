"""The languages of Whisper's tokens, in the order of their ids. Chapter 10."""

from difflib import get_close_matches

# Source: openai/whisper, tokenizer.py. The last one, Cantonese, came with large-v3.
_TABLE = """
en=english zh=chinese de=german es=spanish ru=russian ko=korean fr=french ja=japanese pt=portuguese tr=turkish
pl=polish ca=catalan nl=dutch ar=arabic sv=swedish it=italian id=indonesian hi=hindi fi=finnish vi=vietnamese
he=hebrew uk=ukrainian el=greek ms=malay cs=czech ro=romanian da=danish hu=hungarian ta=tamil no=norwegian
th=thai ur=urdu hr=croatian bg=bulgarian lt=lithuanian la=latin mi=maori ml=malayalam cy=welsh sk=slovak
te=telugu fa=persian lv=latvian bn=bengali sr=serbian az=azerbaijani sl=slovenian kn=kannada et=estonian
mk=macedonian br=breton eu=basque is=icelandic hy=armenian ne=nepali mn=mongolian bs=bosnian kk=kazakh
sq=albanian sw=swahili gl=galician mr=marathi pa=punjabi si=sinhala km=khmer sn=shona yo=yoruba so=somali
af=afrikaans oc=occitan ka=georgian be=belarusian tg=tajik sd=sindhi gu=gujarati am=amharic yi=yiddish lo=lao
uz=uzbek fo=faroese ht=haitian_creole ps=pashto tk=turkmen nn=nynorsk mt=maltese sa=sanskrit lb=luxembourgish
my=myanmar bo=tibetan tl=tagalog mg=malagasy as=assamese tt=tatar haw=hawaiian ln=lingala ha=hausa ba=bashkir
jw=javanese su=sundanese yue=cantonese
"""
_ALSO = """
my=burmese ca=valencian nl=flemish ht=haitian lb=letzeburgesch ps=pushto pa=panjabi ro=moldavian ro=moldovan
si=sinhalese es=castilian zh=mandarin
"""


def _pairs(table: str) -> list[tuple[str, str]]:
    pairs = (entry.split("=") for entry in table.split())
    return [(code, name.replace("_", " ")) for code, name in pairs]


# code -> name, as in "es" -> "spanish"
LANGUAGES: dict[str, str] = dict(_pairs(_TABLE))
_CODES = {name: code for code, name in _pairs(_TABLE) + _pairs(_ALSO)}


def language_code(language: str) -> str:
    """The code of a language given by its code or its English name: "es" for "es", "Spanish", "castilian".

    Raises ValueError for a language that no Whisper knows, naming what is close to it. Chapter 10.
    """
    wanted = language.strip().lower()
    code = _CODES.get(wanted, wanted)
    if code not in LANGUAGES:
        close = get_close_matches(wanted, [*_CODES, *LANGUAGES], n=3)
        hint = (
            f"close to it: {', '.join(close)}"
            if close
            else 'give a code such as "es" or a name such as "spanish"'
        )
        raise ValueError(f"“{language}” is no language that Whisper knows; {hint}")
    return code
