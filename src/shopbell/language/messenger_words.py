"""Names of messengers, how people say who they are there, and what is said of going there."""

import re

from shopbell.language.folding import pattern, skeleton

LINK = re.compile(
    r"(?<![\w.])(?:t|wa|m|line|telegram|vk)[ ]?[.,][ ]?(?:me"
    r"|cc)[ ]?/[ ]?\+?[\w/]{2,64}|tg://\S{3,100}"
    r"|(?<![\w.])(?:t|wa)[ _-]{1,3}me ?(?:/|slash|слэш|слеш) ?\w{3,64}"
    r"|(?<![\w.])wa me \+?\d{7,15}"
    r"|(?<![\w.])(?:vk|instagram|facebook|fb)\.com/[\w.]{3,64}|chat\.whatsapp\.com/\w+"
)
HANDLE = re.compile(
    r"(?<![\w.@])@(?!(?:support|seller|shop|store|admin|manager|ozon|team|service|help|everyone|all)\b)"
    r"[a-z_][a-z0-9_.]{3,31}(?![\w@])"
)

NAME = pattern(
    r"(?P<han>(?:微信号?|[薇威维]芯|卫星(?=[:： ]{0,2}[a-z]+\d)|[薇威维徽葳][信心]|微x|绿泡泡"
    r"|小绿泡"
    r"|扣扣|企[鹅鵝]号?|v信|q号|微博|抖音号?|小红书号?|纸飞机|小飞机|电报群?号?|飞信|钉钉|飞书"
    r"|陌陌|(?<![a-z])ins(?=[上里号搜])|视频号|快手号|扣(?=[ :：]{0,2}\d{5})"
    r"|[微薇威维葳徽溦](?=[ :：]{0,3}[a-z]{2}[a-z0-9_-]{2})|[绿蓝]色?(?:软件|图标|app)"
    r"|微(?=[ ]{0,2}[:：]))"
    r"(?![绿蓝红紫黄色款风]|同款|爆款|表情|图标|头像|公仔))"
    r"|(?<![a-zа-я0-9])(?:(?P<rus>в[оа]тс ?[аэ]пп?|ва[цтс]+апп?|уотсапп?|вотсапп?"
    r"|телеграмм?|телег(?=[аеуи]\b)|тележк(?=[уе] )|тг(?:шк)?|тлг|тэгэ|телегам"
    r"|самолетик(?=[еу]\b)"
    r"|ваибер|вайбер|вибер|скаип|скайп|инстаграмм?|инст(?=[аеуы]\b)|вк|вконтакте"
    r"|вичат|виче?т|фейсбук|дискорд|во?[тц]с[аэ]пп?|вот?цапп?|уацапп?|воцапп?|однокл[ао]сс?ник"
    r"|авито|юл(?=[еу]\b))"
    r"|(?P<lat>wh?[au]t?'?s? ?[a4u]pp?|what'?s ?@pp?|wh[4@]ts ?[a4@]pp?|w ?app"
    r"|wa(?=[:： ]+\+?\d)|t[e3]l[e3] ?gr[a4@]mm?|telega"
    r"|tg|v[i1]b[e3]r"
    r"|we ?chat|weixin"
    r"|v ?x|w ?x|q ?q|skype|[i1]nst[a4@](?:gram)?|ig(?=[:：]| is| [a-z]+[._])"
    r"|fb(?: messenger)?|facebook|messenger(?= ?[:：]| me\b| id\b)|vk|snap ?chat|discord"
    r"|kakao(?:talk)?|zalo|line(?= ?id)|snap(?=[:：])|(?:green|blue) app)"
    r"|(?P<odd>(?:signal|line|max|макс|imo|kik|threads|inst?|ig|icq|аська|дс|snap|tik ?tok"
    r"|messenger)"
    r"(?=[ ]{0,2}(?:[:：=@]|-{1,2}>|[+]\d))))"
    r"(?:[аеуоиы]|ом|ами|е?ме)?(?![a-zа-я0-9])(?![ -](?:blue|green|red|purple|pink|yellow|style"
    r"|син|зел|фиолет|голуб|стил))"
    r"|(?<=\bon )(?:signal|line|imo|messenger|snap|kik)\b|(?<=\bvia )(?:signal|line)\b"
    r"|(?<=\bв )(?:сигнале?|лс|личку|директ|макс[еу]?)(?![a-zа-я])|(?<=мессенджер )макс"
    r"|(?<=\bмы в )максе?"
)
_ID = (
    r"(?:[ ]{0,2}(?P<word>id|群号?|号码?|账号|搜索?|同号|логин|ник|name|handle"
    r"|nick(?:name)?|user(?:name)?))?"
    r"(?P<said>[ ]{0,3}(?:[:：=—]|-{0,2}>|-|is\b|это|是|叫)?[ ]{0,2})"
    r"(?P<id>(?:@ ?)?[a-z][a-z0-9_.:#-]{3,31}[a-z0-9_]|\d{5,11}(?!\d))"
)
AFTER_NAME = pattern(_ID)
_MINE = (
    r"(?:mine|(?:my|the) (?:nick(?:name)?|id|handle|user ?name|name|number|login)|reach me|find me"
    r"|i am|i'm"
    r"|(?:мой |мо[её] )?(?:ник|логин|id|аккаунт|номер|имя)|я там|мой"
    r"|我?的?(?:号码?|账号|id|名字|用户名))"
    r"(?: (?:is|at|as|by|там|это)|是|叫|[:：]|\s?[—-])?"
)
CALLED_LATER = pattern(
    rf"[^.!\n。！]{{0,24}}?(?:(?<!\w)@[a-z][a-z0-9_.]{{3,31}}"
    rf"|{_MINE}[ ]{{0,2}}[a-z][a-z0-9_.-]{{2,30}}[a-z0-9_](?![a-zа-я])"
    rf"|{_MINE}[ ]{{0,2}}(?:(?:такой|тот) же[^.,!?\n]{{0,24}}|same[^.,!?\n]{{0,24}}))"
)
"""How somebody is called, some words after a messenger's name."""
find_mine = pattern(rf"(?=@|{_MINE})").finditer
"""Where that may begin: one of these stands in whatever is found so."""
CALLED_BEFORE = pattern(
    r"(?<![\w@])@?[a-z][a-z0-9]{0,30}[_.\d][a-z0-9_.]{1,30}(?:,? (?:in|on|at|в|во|на|у меня в)"
    r"|在)[ ]?$"
)
ENDS_CALLED = tuple(skeleton("in|on|at|в|во|на|在|in |on |at |в |во |на |在 |\n").split("|"))
"""One of these ends what is found before a name: a look at the end spares the search."""
ADD_V = pattern(
    r"(?:加|(?<![a-z0-9])\+)[ ]?(?:我|个|一下|下我?)?[ ]?(?P<v>(?:vx?|wx|q)(?![a-z型领形字口])"
    r"|[微薇威维扣](?=[信聊号吧]|[^\w]|[a-z0-9]|$)(?:聊|详?谈)?)"
    r"(?:[:： ]{0,2}[a-z0-9_-]{4,20})?"
    r"|(?<![a-z0-9])(?P<me>v|vx|wx|q)[ ]?我(?:[:： ]{0,2}[a-z0-9_-]{4,20})?"
    r"|(?<![a-z0-9])(?:vx|wx|vv|v)[ ]?(?:号)?[:：][ ]?[a-z0-9_-]{4,20}"
)
GROUP = pattern(
    r"加群[号:： ]{0,2}\d{5,11}|搜(?:一下|下|索)?(?:我们?的?)?(?:公众号|小程序|视频号|快手"
    r"|闲鱼)[^\s,。，]{2,16}|扫(?!码枪|描)[^,，。]{0,4}二维码|二维码.{0,6}[加扫]"
    r"|(?<![a-z0-9])q[:：] ?\d{5,11}"
    r"|(?:公众号|小红书|抖音|微博)号?[:：搜叫 ]{1,3}[^\s,。，]{2,20}|(?<=в )wa(?![a-z])"
    r"|关注[^，。,.]{0,6}公众号|(?:淘宝|拼多多|1688|闲鱼|天猫|快手|百度|微店|抖音"
    r"|京东)上?(?:直接)?搜(?!到|了|不|过)"
    r"[^，。,.]{0,12}"
    r"|(?<![a-zа-я])(?:look for|find|search(?: for)?|google|look up) \w{3,24} on (?:etsy|ebay"
    r"|amazon"
    r"|ali\w+|taobao|insta\w*|facebook|fb|tik ?tok|google|vinted)(?![a-z])"
    r"|(?<![a-zа-я])(?:look for|find|search(?: for)?|google|look up) (?:us|me|our (?:shop|store"
    r"|name))"
    r" (?:on|in|at|by) [a-z]{2,12}(?:[ ,]{1,2}(?:by |under )?(?:the )?same [a-z]{2,8}(?: name)?)?"
    r"|(?<![a-zа-я])(?:вбей|набери|погугли|загугли|гугли|забей)(?:те)? (?!номер|код"
    r"|пин)[^.,!?\n]{3,40}"
    r"|(?<![a-zа-я])(?:ищи|наиди|найди)(?:те)? (?:нас|меня|наш магазин) (?:в|на) [^.,!?\n]{2,24}"
    r"|(?<![a-z0-9])(?:t|wa) ?(?:[(\[]dot[)\]]|dot|точка|點|点) ?me ?/ ?\w{2,64}"
)
INVITING = pattern(
    r"пиш|напис|свяж|связ[ыь]|скин|скид|добав|наид|найд|переид|перейд|перех|общ"
    r"|обсуд|созвон|личк|стучи|маякн|отвеч|давай|договор"
    r"|\bжду|write|\btext\b|messag|\bmsg|\badd\b|contact|reach|\bdm\b|\bpm\b|\bhit\b"
    r"|\bfind\b|\btalk|\bchat|\bping|\bmove\b"
    r"|\bjoin|\bsearch|\bcall me|speak|discuss|\bdrop|follow|better|easier|faster|cheaper"
    r"|instead|\bonly\b|звони|позвон|набер"
    r"|加|联系|聊|私|找我|找你|发我|发你|扫|同号|同手机|同名|详谈|沟通|搜|我在用|走微信|号码?是"
    r"|same number|this number|same name|этом номере|этому номеру|этот номер|том же номер"
    r"|тот же номер"
    r"|тем же (?:имен|назван|ник)|ник тот же|ищи|есть кан|подпис|жми|кида[йи]|кинь|присыла|шли\b"
)
ASKING = pattern(r"есть|имеет|сиди|\bhave\b|\bgot\b|\buse\b|有|用")
OF_YOU = pattern(r"у вас|у тебя|\bваш|\byou|\bur\b|你|您|吗|\?")
OF_GOODS = pattern(
    r"комплект|кабел|уведомл|поддерж|устан|став[ия]т|приложен|накле[ий]|логотип|стикер|запус"
    r"|работа|в виде|в форме|принт|подушк|брел[ок]|магнит|значок|shaped|printed|pillow|magnet"
    r"|keychain"
    r"|certified|own messenger|公仔|玩偶|毛绒|抱枕|周边|手办|图案|形状|钥匙扣"
    r"|чехол|показыв|приход"
    r"|видел|увидел|нашел|нашла|наткн|реклам|\bsaw\b|\bseen\b|\bads?\b|刷到|看到|种草|广告|手表"
    r"|手环"
    r"|телефон[еа]|планшет|час[аы]|notif|support|install|\bapps?\b|sticker|\blogo"
    r"|\bcase\b|\bshow|\brun\b|\bwatch\b|screen"
    r"|支付|通知|提醒|安装|能装|显示|消息|登录|支持|小程序|贴|收到|运行|付款"
)
NO_ID = frozenset(
    [
        "messenger",
        "notifications",
        "notification",
        "calls",
        "business",
        "premium",
        "android",
        "iphone",
        "desktop",
        "support",
        "works",
        "please",
        "logo",
        "sticker",
        "video",
        "voice",
        "messages",
        "better",
        "because",
        "instead",
        "chat",
        "group",
    ]
)
SAME = pattern(
    r"[ ,:—–-]{0,3}(?:(?:号?码?[跟和与就是]{1,2})?(?:同|手机)号?码?(?:手机号?|名|一样|相同"
    r"|是同一个)?"
    r"|(?:и )?так[оа][йя] же,? (?:как|что) [а-я]{1,12}"
    r"|(?:и )?тот же,? что(?: и)? [а-я]{1,12}(?: [а-я]{1,12})?"
    r"|(?:и )?(?:(?:на|по|под|с) )?(?:тем|тому|тот|этим|таким|этом|этому|этот"
    r"|мой)(?: же)? (?:же )?"
    r"(?:номер|имен|назван|ник|логин)[а-я]{0,4}"
    r"|(?:(?:on|by|under|with|at|as) )?(?:the |my )?(?:same|this) "
    r"(?:name|nick(?:name)?|number|handle|user ?name|id)(?: as [a-z]{1,12}(?: [a-z]{1,12})?)?)"
)
SAME_BEFORE = pattern(
    r"(?:(?:под|по) (?:тем|этим|таким) же (?:имен|назван|ник)[а-я]{0,4}"
    r"|(?:by|under|with) (?:the )?same (?:name|nick(?:name)?|handle))[ ,]{1,2}(?:в|на|on|in|at) $"
)
ENDS_SAME = tuple(skeleton("в |на |on |in |at |\n").split("|"))
NUMBER_BEFORE = pattern(
    r"\d(?:[ ().-]{0,3}\d){6,14}[ ,;:()—–-]{0,3}(?:(?:это|есть|тоже|и|мой|is|this is|also|on"
    r"|for|in|в|на|或"
    r"|是|也是|有)[ ]?){0,2}$"
)
NUMBER_AFTER = pattern(
    r"(?:[/,& ]{1,3}(?:и |and |or )?[a-zа-я]{2,10})?[ :：(—–-]{0,3}(?:(?:на|по|on|at|is|это|是) )?"
    r"(?:\+ ?\d|\d(?:[ .()-]{0,2}\d){6})"
)
DENIED = pattern(
    r"(?:n't|(?<![a-zа-я])(?:not|never|no|stop|without|avoid))(?: [a-z]+)?"
    r"(?: (?!write|text|message|contact|add|find|but)[a-z]+){0,2} $"
    r"|(?<![а-яa-z])(?:не|нет|без|ни|хватит)(?: [а-я]+)?"
    r"(?: (?!пиши|напиши|добав|ищи|стучи|звони|давай|лучше|а )[а-я]+){0,2} $"
    r"|(?:别|不要|不想|不用|不会|不|拒绝|怕|不许"
    r"|禁止)[让我你们您再跟老总叫人来去给在用加走]{0,6}$"
)
"""What stands before a messenger that people will not go to."""
ENDS_DENIED = frozenset(" \n别要想用会不绝怕许止让我你们您再跟老总叫人来去给在用加走")
find_denying = pattern(
    r"(?=n't|not|never|no|stop|without|avoid|не|нет|без|ни|хватит"
    r"|别|不要|不想|不用|不会|不|拒绝|怕|不许|禁止)"
).finditer
"""Where that may begin."""
DENIED_AFTER = pattern(
    r"[ ,?]{1,3}(?:я |мы |у меня |i |we )?(?:не (?:пойду|пойдем|буд[уе]м?|хочу|пользу|сижу|надо"
    r"|нужен"
    r"|использ|установ|пиш)|нету?(?![а-я])|(?:do not|don't|won't|never) (?:use|have|go|write|want))"
    r"|[ ,]?(?:不加|不用了?|没有|就算了|免谈)"
)
"""What stands behind one that they will not go to, or do not have."""
TOLD = pattern(
    r"(?:(?:让|叫|要|劝|喊)(?:我们?|人家?|大家|你们?)|(?:手表|手环|手机"
    r"|平板)[^,，。.!?]{0,6}(?:能|可以)(?:不能)?)加?$"
)
"""Others asked for it, or a thing can do it."""
find_telling = pattern(r"(?=让|叫|要|劝|喊|手表|手环|手机|平板)").finditer
ENDS_TOLD = frozenset("\n我们人家你以能加")
