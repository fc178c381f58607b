"""What people say who order, wait, buy, show, give a reason or a place: patterns of plain texts."""

import re

PREPAID = re.compile(
    r"charged|debited|billed|declined|paid|списа|сняли|оплатил|заплатил|двойн|дважды"
    r"|扣|付了|多付|重复"
)
"""Who was charged has an order; who asks how to pay has none yet."""

ORDERED = re.compile(
    r"\b(?:my|our|your|this|the) (?:order|parcel|package|purchase)|\bordered\b"
    r"|i (?:have )?(?:paid|bought)|(?:мо|наш|эт)\w{1,2} (?:\w+ )?(?:заказ|посылк)"
    r"|заказ(?:ал|ывал)|отправ(?:ите|ят|лен) (?:мо|заказ|посылк)|купил|оплатил|我的"
    r"|has (?:the|my) \w+ (?:been )?(?:shipped|sent|dispatched)|отправили (?:уже|ли)|发货(?:没"
    r"|了[吗没])|待发货"
    r"|下了单|已下单|拍了|买了|(?:还没|什么时候|啥时候)发货"
)
BEFORE_BUYING = re.compile(
    r"(?:want|like) to (?:buy|order) (?:the|your|this)|хочу (?:ваш|купить)\S*"
    r"|оформляйте(?! возвр)|(?<!不)给我来[一两三]?|"
    r"\bif i (?:order|buy)|если (?:я )?(?:сейчас |сегодня )?(?:закажу|куплю)|закажу"
    r"|куплю|(?:今天|现在)下单|如果"
)

ON_THE_WAY = re.compile(
    r"когда (?:же |ж )?(?:он[аио]? |мо\w+ |вы |наконец )?(?:\w+ )?(?:приедет|придет|прийдет"
    r"|доедет|привезут|дойдет)"
    r"|when (?:will|does|is) (?:my|it|the) (?:\w+ )?(?:arriv|com|get(?:ting)? here|reach"
    r"|be delivered|here)"
    r"|(?:什么时候|啥时候|几时|多久|哪天)(?:才|能|会|可以)?(?:能)?(?:到(?:啊|呀|呢|$|[??])|送到"
    r"|收到|派送)"
)
"""Who asks this without naming a place has ordered already."""

BUYING = re.compile(
    r"(?:帮我|给我|替我)(?:留|来|拿|下)|留(?:一|两|个)|我(?:要|买|拍|订)(?:一|两|三|这|那|你"
    r"|个)|来(?:一|两)(?:个|件|双|条|套|份)"
    r"|отложи|заброниру|зарезервиру|придержи|оставьте (?:мне|за мной|один|одну|пару)"
    r"|(?<![а-я])(?:беру|возьму|покупаю)(?![а-я])"
    r"|(?:i(?:'ll| will|'d like to|'m going to|'m gonna)|gonna|lemme) (?:take|buy|get"
    r"|have) (?!it up|a look|to|back)"
    r"|reserve|put (?:one|it|a \w+) aside"
    r"|hold (?:one|it|a pair|two) for|set (?:one|it) aside|save (?:one|me one|two)"
)
"""Who takes a thing must say which of its kinds."""

WANTS_MONEY = re.compile(
    r"(?:want|need|like|give|get|please|can i (?:get|have)|request\w*"
    r"|asking for)(?: \w+){0,3} (?:refund|money back)|^refund|(?:,|and|just) refund"
    r"|refund (?:me|please|this|my|the|it)|(?:хочу|нужен|нужно|прошу|оформ\w+|сделайте|как"
    r"|требую|можно)(?: \S+){0,2} возврат"
    r"|(?:хочу|прошу|как) (?:\S+ )?верн\w+ деньги|верните|(?:我?要|申请|给我|帮我|想|能|办理"
    r"|麻烦)(?:.{0,2})退(?:款|钱|货)|退(?:款|钱)吧|^退(?:款|钱)"
)
"""Who wants a refund says why; who waits for one has said it."""

PHOTO = re.compile(
    r"(?:photos?|pictures?|pics?|videos?|screenshots?|images?)(?: (?:is|are"
    r"|was))?(?: \w+)? (?:attached|enclosed|below|above|here|included)|(?:attach"
    r"|enclos|upload)\w*(?: \w+){0,3} (?:photos?|pictures?|pics?|videos?|image)"
    r"|(?:see|look at|check)(?: \w+)? (?:photos?|pictures?|pics?|videos?|attach\w*"
    r"|image)|(?:here (?:is|are)|sent)(?: \w+){0,2} (?:photos?|pictures?|pics?"
    r"|videos?)"
    r"|(?:фото|видео|снимк|скрин)\w*(?: \w+)? (?:прил|прик|ниже|выше|отправ"
    r"|во вложен|загруз|добав)|(?:прил|прик|отправ|загруз|шлю|высыл|вот|смотр"
    r"|см\.?)\S*(?: \w+)? ?(?:фото|видео|снимк|скрин)|на (?:фото|видео|снимке)"
    r"|во вложени"
    r"|(?:图片?|照片|视频|截图)(?:已|在|见|如|都)?(?:附|发|传|上传|下|上|里)|(?:看"
    r"|见|附|发了|已发|上传了?|传了?|拍了?)(?:上|了|下)?(?:图|照片|视频|截图)"
)
NO_PHOTO = re.compile(
    r"(?:no|not|without|n't|can't)(?: \w+){0,3} (?:photos?|pictures?|pics?|videos?)"
    r"|(?:фото|видео|снимк\w*) (?:\w+ )?(?:нет|не )|(?:нет|без|не)(?: \w+)? (?:фото"
    r"|видео|снимк)|没(?:有)?(?:照片|图片?|视频|拍)|拍不了"
)

_REASONS = (
    r"because|since|as it|too |doesn't (?:fit|suit|work|match)|does not|not (?:fit"
    r"|suit|what|as)|changed my mind|don't (?:like|need|want)|scratchy|tight|loose"
    r"|small|big|large|heavy|smell\w*|itch\w*|quality|faulty|defect|ugly"
    r"|uncomfortable|disappoint\w*|wrong|broken|late|cheap(?:er)?|looks? (?:different|nothing"
    r"|like|bad|fake)|twice|by mistake|found (?:it|a|my)"
    r"|потому|так как|т\.?к\.?\b|из-за|не (?:подош|подход|понрав|нрав|нуж|сел"
    r"|соответ|работ|устро|мой)|жм[её]т|велик|малы?\b|мала|маловат|больш|тесн|туг"
    r"|колюч|колет|пахн|воня|передумал|тяжел|неудобн|качеств|брак|цвет не|узк|широк"
    r"|жмут|натира|давит|тр[её]т\b|кусается|pinch\w*|rubs?\b|hurts?\b|короткий|длинн|дешевле|опозд|ошибл"
    r"|因为|夹|磨脚|硌|勒|闷|痒|太|不(?:合适|喜欢|合身|想要|需要|舒服|适合|好看|好用|满意)|扎|紧|松|偏"
    r"|味道?|质量|改主意|买错|拍错|坏|色差|便宜|起球|掉色|大了|小了"
)
REASON = re.compile(_REASONS)

VARIANT = re.compile(
    r"(?:(?<![a-z])(?:for|to)|(?<![а-я])на|换成?) ?(?:a |an )?(?:3[4-9]"
    r"|[45]\d)(?:[.,]5)?(?![\d.,]|\s?(?:дн|руб|р\b|мин"
    r"|час|day|min|hour|cm|см|[天块元]))|"
    r"\b(?:black|white|red|blue|green|grey|gray|yellow|pink|brown|beige|purple"
    r"|orange|silver|gold(?:en)?|oat|bigger|larger|smaller|next size|size (?:up"
    r"|down)|one size)\b"
    r"|(?<![а-я])(?:ч[её]рн|бел(?:ый|ую|ое|ого)|красн|син(?:ий|юю|ее|его)|зел[её]н"
    r"|сер(?:ый|ую|ое)|ж[её]лт|розов|коричнев|бежев|фиолет|оранж|серебр|золот|голуб"
    r"|побольше|поменьше|больш(?:ий|е)|меньш(?:ий|е)|на размер)"
    r"|[黑白红蓝绿灰黄粉棕紫橙银金]色?的?|大一[码号]|小一[码号]|大点|小点|加大"
)
PLACE = re.compile(
    r"(?:\bto|\binto|\bin|\bfor) (?!me\b|you\b|us\b|my\b|the (?:door|house)\b|it\b"
    r"|be\b|arrive|take|get|deliver|ship|send|have|know|order|cost|a\b|your\b|time"
    r"|stock|advance|total|general|general|days?\b)(?:the )?[a-zа-я]{3,}"
    r"|(?<![а-я])(?:в|во|до|на) (?!мо|наш|налич|этот|этом|какой|сколько|дом\b|двер"
    r"|меня|нас\b|сколь|сре|пункт|недел|день|дня|час|руки|пример|какие"
    r"|течен)(?:г\. ?|город |остров )?[а-я]{3,}|казахстан|остров"
    r"|[到发寄往送](?:往|到|去)?(?!货|了|的|吗|哪|底|时|达|出|要|付|多|几|快|我|家"
    r"|件|什|票|错|来|给|账)[\u4e00-\u9fff]{2,4}|偏远地区"
)
NEW_ADDRESS = re.compile(
    r"\d{1,4}[a-z]? [a-z]+ (?:street|st|road|rd|avenue|ave|lane|drive|square)"
    r"|(?:street|road|avenue|lane) \d|\b[a-z]{1,2}\d{1,2} ?\d[a-z]{2}\b"
    r"|address(?: is)?:? \d|[а-я]{4} \d{1,4}[а-я]?,? (?:кв|корп|стр|д)\.? ?\d|(?:ул\."
    r"|улиц[аеу]|просп\w*|пер\.|д\.|дом"
    r"|кв\.)\s?\S[^\s\d]*+.{0,30}?\d"
    r"|[\u4e00-\u9fff]{2}(?:市|区|县|路|街|镇|村|小区|大道).{0,20}(?:号|楼|室|栋|弄)"
)
GOODS = re.compile(
    r"\b(?:have|stock|take|buy|order|get|want|need|reserve|aside|is|are) (?:the|your|those|these"
    r"|that) "
    r"(?!(?:\w+ )?(?:ones?|it|items?|products?|sizes?|colou?rs?|same|price|thing|other|last|next"
    r"|small|medium|large|bigger|black|white|red|blue|green|grey|pink)\b)[a-z]{3,}"
    r"|(?<![а-я])(?:есть(?: ли)?|возьму|беру|куплю|покупаю|отложите|придержите|забронируйте|хочу)"
    r"(?: у вас| еще| мне| эт\w+| т[уое]т?\w*)? (?!у вас|ли |в |на |и |а |но |еще|размер|цвет"
    r"|он[аио]?\b|так|эт|как|что"
    r"|друг|втор|один|одн|дв[аеу]|пар|шту|мал|больш|скид|гарант|налич|купить|взять|заказ|доставк"
    r"|\S+(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|ую|юю)\b)"
    r"[а-я]{4,}"
    r"|[这那](?:件|条|双|款|台|只|把|套|顶|张|盏|床)(?!有|还|能|的|多|什么|是|怎|可|没|在|要|货"
    r"|会|现|今|我|你|黑|白|红|蓝|绿|灰)"
    r"[\u4e00-\u9fff]{2,}|(?:^"
    r"|[ ,，])(?![有要请你我这那还大小中加想换拍退订单谁哪])[\u4e00-\u9fff]{2,6}?"
    r"[黑白红蓝绿灰黄粉棕紫橙银金]色?.{0,6}(?:有货|有吗|有没有|还有)"
)
"""Who names a thing by its noun need not be asked which it is."""
NUMBERED = re.compile(
    r"(?<![a-zа-я0-9.,+-])(?:\d{7,14}|\d{7,10}-\d{4}(?:-\d{1,4})?|\d{2,5}-\d{4,7}(?:-\d{1,4})?|\d{3,4}-\d{3,4})(?![a-z0-9-]|[.,]\d)"
)
"""A number as orders have them: who writes it to a shop means an order, said or not."""

UNNAMED = re.compile(
    r"(?<![a-z])(?:one|some) of (?:the|my) (?:things|items|pieces)"
    r"|(?<![a-zа-я])(?:вс[её] (?:приехало|пришло)|одна вещь|одна из вещей)"
    r"|(?:^|[,， ])(?:东西|货)(?:到手|收到|来|拿到)"
)
"""Who says that something came broken, and not what."""
