"""What words of a shop's mail mean, in three languages: one meaning, many words.

A row holds a meaning, then its stems in English, Russian and Chinese. English words end where they
end unless a star is there; Russian stems go on as they like; Chinese has no borders.
"""

import re
from collections.abc import Mapping
from functools import cache

from shopbell.language.folding import gist, plain

_NOT_EN = r"(?:not|never|n't|nothing|no|hasnt|havent|didnt|isnt|wont|cant|dont|doesnt)"
_FEW = r"(?: \w+){0,3}? "

_ROWS: Mapping[str, tuple[str, str, str]] = {
    # ── things ──
    "order": (r"orders?|purchases?", r"заказ(?!чи)|покупк", "订单|下单|单子"),
    "mine": (
        r"(?:i|we) (?:have |had |just )?(?:ordered|bought|paid|purchased)|(?:my|our|the|this) (?:\w+ )?(?:order|parcel|package|purchase|delivery|shipment|item)"
        r"|i've (?:ordered|bought|paid)|your order|ordered",
        r"(?:заказал|заказыва|купил|оплатил|приобр)|(?:мо|наш|эт)\w{1,2} (?:заказ|посылк|покупк|товар|отправл)|(?:посылк|заказ)\w* (?:мо|наш)",
        "我的|我们的|下了单|已下单|我买|买了|已付|拍了|我订",
    ),
    "parcel": (
        r"parcels?|packages?|packets?|shipments?|couriers?|consignments?|postman|mailman|mail|deliver(?:y|ies)",
        r"посылк|отправлени|бандерол|курьер|груз|накладн|доставк|пакет",
        "包裹|快递|物流|快件|货物|运单|单号|发货|配送|驿站",
    ),
    "track": (
        r"track\w*|trac(?:e|ing)|status|ups|dhl|fedex",
        r"трек|отслеж|отслед|статус|движени|сд[эе]к|почт[аеы]\b",
        "物流|跟踪|追踪|查.{0,3}(?:件|单|快递)|单号|进展|顺丰|圆通|中通",
    ),
    "thing": (r"item|product|goods|article|it|this|that", r"товар|вещь|изделие|его|ее|их\b|это", "商品|东西|产品|货|这个|这款|它"),
    # ── on the way ──
    "where": (
        r"where(?:'s|s)?|whereabouts|any (?:news|updates?|movement)|what happened|stuck|frozen|lost|no (?:news|updates?|movement)|which (?:courier|carrier|company)"
        rf"|who (?:delivers|carries|has)|{_NOT_EN}{_FEW}?(?:mov(?:e|ed|ing)|updat\w*|changed|new)|stopped moving|back to sender|has been shipped|been (?:shipped|sent|dispatched)|shipped yet|sent yet",
        r"\bгде\b|\bкуда\b|потерял|застрял|завис|не (?:двига|обновл|меня|отслеж|бь[её]т|движ|показыв)|на месте|нет\w* (?:движ|обновл|новост|инфо)|у как\w+ (?:курьер|служб)"
        r"|как(?:ой|ая) (?:курьер|служб)|новост|что с\b|без (?:обновл|движ|измен)|уехал|отправили\b|отправлен ли|ушл[ао] ли|обратно отправител|потерян|пропал",
        "到哪|在哪|哪里|哪儿|卡住|卡在|停在|不动|没动|不更新|(?:没|没有|未)更新|(?:没|没有|有|什么)(?:进展|消息|动静)|丢|哪家|被退回|发货了吗|发了吗|怎么还没|查一下|走到|发货没|寄出了?吗",
    ),
    "arrive": (
        r"arriv\w*|came|comes?|coming|delivered|deliver|receiv\w*|turn(?:ed)? up|show(?:ed|n)? up|here|get (?:it|here|there|my|the)|reach\w*|got",
        r"прише?л|прид[уеё]|прихо|прийд|приех|приед|приез|привез|достав|получ|доед|доех|дойд|дош|вруч|поступ",
        "到货|收到|送到|送达|到了|能到|没到|到|签收|来",
    ),
    "ship": (
        r"ship\w*|dispatch\w*|deliver\w*|send|sent|post(?:age)?|forward",
        r"отправ(?!ител)|отосл|высыла|вышл|достав|пересыл|пошл[ёе]т|отгруз|привез|приве[дз]",
        "发货|寄|发出|配送|快递|运费|送货|送到|送|发到|发|到",
    ),
    "when": (
        r"when|how (?:soon|fast|quick\w*|many (?:days|weeks))|how long (?:does|do|will|is|until|till|before|for) ?(?:the |it |my |a )?(?:deliver\w*|ship\w*|take|shipping|post\w*|arriv\w*|dispatch)?|what (?:day|date)|eta|delivery time|(?:arrive|delivered|here|come) (?:by|before|in time)|fast"
        r"|do you (?:ship|deliver|send)|can you (?:ship|deliver|send)",
        r"когда|сколько (?:времени|дней|идет|ждать|ехать|едет|занимает|по времени|будет идти)|как (?:быстро|скоро|долго)|за сколько|срок\w* доставк|через сколько|в какой день|успе[ех]|быстро"
        r"|доставляете|отправляете (?:ли )?в|отправите в|привезете|возите",
        "什么时候|啥时候|几时|何时|几天|多久|多长时间|多少天|哪天|几号|能到|快吗|发(?:往|到)?[^货出了吗]{2,4}吗|能发到|送[^了到]{1,4}吗",
    ),
    "late": (
        rf"late|later than|delay\w*|overdue|(?:was|were) (?:supposed|meant|due|expected|promised)|should(?: have|'ve)|promised|still (?:not|no|nothing|waiting|hasn't|haven't|isn't|didn't)|(?:been )?waiting|too long|taking (?:so|too|for|ages)"
        rf"|{_NOT_EN}(?: \w+){{0,2}} (?:arrived?|come|came|delivered|here|received)|(?:a|two|three|\d+) (?:weeks?|months?) (?:ha[sv]e? )?(?:gone|passed)|nothing (?:arrived|came)|hasn't (?:arrived|come|shipped)",
        r"опазд|опозд|задерж|просроч|должн\w* был|обеща|до сих пор|вс[её] еще|жду|заждал|так и не|не (?:приш|прих|приех|привез|доставили|получил|доех|дош|дожд|дожид|отправил)|ничего не (?:приш|приех)|прош(?:ел|ло|ла|ли) (?:\w+ )?(?:недел|месяц|дн)|уже (?:\w+ )?(?:недел|месяц|дн)",
        "晚了|延误|延迟|迟|逾期|超时|还没(?:有)?(?:到|来|收到|送|发)|没有?(?:到|来|收到|送来)|一直没|说好|本该|应该.{0,6}到|等了|承诺|拖|还不(?:到|来|发)|催",
    ),
    "delivered": (
        r"(?:marked|says?|shows?|status|listed|reads?|states?|app|website|tracking|ups|dhl|fedex|carrier|it's|its|was|is)(?: \w+){0,3}? (?:delivered|received|signed|collected)|signed|delivered",
        r"вруч|доставлен|получен[оаы]?\b|выдан",
        "签收|已送达|显示送达|送到了|已收货|妥投|显示.{0,4}(?:收到|送到)",
    ),
    "absent": (
        rf"{_NOT_EN}{_FEW}?(?:receiv\w*|got|get|have|seen?|there|package|parcel|arriv\w*|here|it|anything|box)|(?:got|have|received|is|there's) (?:nothing|no)|nobody|empty (?:porch|mailbox|doorstep)|wasn't home",
        r"не (?:получ|видел|принос|забира|было|приход|приш|наход|вруч|отдав|оказ)|ничего|нет\b|нету|никто не|никого|пусто",
        "没(?:有)?(?:收到|拿到|见到|看到|取到|包裹|东西|人送)|未收到|没拿|没人送|找不到|不在|没见",
    ),
    "address": (
        r"address|street|(?:i|we) (?:have )?moved|wrong (?:house|city|zip|postcode|street)|recipient|redirect|house number|apartment",
        r"адрес|переехал|улиц[ауые]|индекс|получател|перенаправ|номер\w? (?:дома|квартиры)|не тот (?:дом|город)",
        "地址|搬家|收件人|收货人|门牌|改(?:收货|寄|送)",
    ),
    "customs": (r"customs|import (?:tax|duty)|duty|duties|clearance", r"тамож|пошлин|растамож", "海关|清关|关税|报关"),
    "pickup": (
        r"pick ?-?up|lockers?|collection point|collect (?:it|my)|parcel ?shop|post office|kept",
        r"пункт\w*|пвз|постамат|самовывоз|хранит|хранен|забрать|отделени",
        "驿站|自提|代收点|快递柜|丰巢|取件|菜鸟|代收",
    ),
    "cost": (
        r"how much|costs?|price[sd]?|fees?|charges?|charge (?:extra|for)|expensive|cheap\w*|free|surcharge|rates?",
        r"сколько (?:стои|будет стоить|с меня)|стоимост|цен[аеуы]\b|платн|бесплатн|поч[её]м|дорог|дорож|дешев|тариф|доплат|сколько\b.{0,12}\bстои",
        "多少钱|价格|运费|费用|贵|便宜|免费|包邮|邮费|价钱|加钱|要加",
    ),
    # ── back ──
    "return": (
        r"returns?|returning|returned|send(?:ing)? (?:it|this|them|the \w+|these) back|give (?:it|this) back|take (?:it|this|them) back|bring (?:it )?back|send back|don't (?:want|need) (?:it|this)|changed my mind",
        r"верн(?:уть|у\b|ем\b|им\b)|возвра[тщ]|сдать|(?:отправ|отосл|посла|сда)\w* (?:\S+ )?(?:обратно|назад)|обратн(?:ую|ой|ая|ый)|обратно|назад|передумал|не нуж(?:ен|на|но|ны)",
        "退货|退掉|(?:能|可以|想|要|怎么|申请|无理由|包|不给)退|退换|不想要|不要了|寄回|退了|退回去|(?:^|[,，。 ])退(?:$|[,，。 ])",
    ),
    "refund": (
        r"refund\w*|money back|(?:get|want|give|return|send)(?: me)?(?: back)? my money|where(?:'s| is) my money|reimburs\w*|money (?:\w+ )?(?:not |n't )?(?:\w+ )?(?:returned|back|refunded)",
        r"(?:верн|возвра[тщ]|отда(?:й|ть))\w*(?: \S+){0,3} (?:деньг|денег|средств|оплат|сумм|руб|полн)|(?:деньги|средства|сумм\w*) (?:\S+ ){0,4}(?:верн|возвра|назад|обратно|приш|поступ)|возврат\w* (?:денег|средств)|где (?:мои |возврат )?(?:деньги|денег)|компенс|рефанд",
        "退款|退钱|还我钱|还钱|(?:钱|款).{0,4}(?:没|未|还没)?(?:退|呢|到账)|退我|返钱|赔",
    ),
    "exchange": (
        r"exchang\w*|swap\w*|replac(?:e|ed|ing|ement)(?! (?:filter|part|lid|battery|bulb|blade|strap|glass|bag)s?)|change (?:it|this|them) (?:for|to)|(?:send|need|want|get)(?: me)? (?:another|a (?:different|bigger|larger|smaller))(?: \w+)?|another (?:size|colou?r)",
        r"обмен|(?:по|об)меня|замен(?:и|у|ить|ят)\b|заменит|нуж\w+ друг(?:ой|ая|ое) (?:размер|цвет)",
        "换货|换一|换个|换成|换大|换小|换别|换其他|调换|更换|给我换|帮我换|换.{0,5}(?:码|色|号|款|的)|补发",
    ),
    "wrong": (
        r"wrong|not (?:what|the (?:one|colou?r|size|model|thing|item)) (?:\w+ )?(?:i|we)|instead of|mix(?:ed)? up|incorrect|(?:not|n't) (?:match|as described|like (?:the|in)|the same)|different (?:from|to|than|colou?r|model|item)|someone else's"
        r"|(?:ordered|asked for|bought|wanted) (?:a|an|the|\d+)?\s?.{1,30}?,? (?:but |and )?(?:i )?(?:got|received|came|arrived)|got (?:size )?\S+ instead",
        r"не т(?:от|а|о|у|е|ого|ой)\b|вместо|перепут|ошиблись|не соответств|(?:присл|приш|приех|полож|достав|отправ)\w* (?:\S+ )?друг|друг\w+ (?:товар|цвет|размер|модель)|(?:заказ\w+|просил\w*|покупал\w*|нужен был)\s?\S+.{1,30}(?:приех|приш|присл|полож)|чуж(?:ой|ая|ое)",
        "发错|(?:货|款|色|码|颜色|尺码|型号|东西|送|寄)错|错(?:货|款|色|码|颜色|尺码)|不是我(?:买|要|订|拍|下)|(?:东西|颜色|货|型号|尺码|款式)(?:不对|不符|不一样)|与描述不符|收到.{1,10}我?(?:要|买|订|拍)的|(?:买|要|订|拍)的.{1,10}(?:来了|收到|发来|给我)|实物不|货不对板",
    ),
    "damaged": (
        r"damag\w*|broken|smash\w*|shatter\w*|crack\w*|scratch\w*|dent(?:ed|s)?|torn|ripped|crush\w*|stain\w*|holes?|chipped|defect\w*|faulty|dead on arrival|bent|in pieces|dirty|squashed|deformed|mouldy|leak(?:ed|ing) (?:in|all)",
        r"поврежд|разбит|бит(?:ый|ая|ое|ые)\b|слома(?!т)|трещин|тресну|треснут|царапин|поцарапан|вмятин|помят|смят|мят(?:ый|ая|ое)|порван|рван|дыр[каоуы]|пятн|скол(?:ы|от|)\b|\bбрак|дефект|неисправ|вдребезги|погнут|грязн|раскол|раздавл|испорч|плесен",
        "碎|破损|破了|破的|裂|划痕|刮|瘪|压扁|变形|损坏|次品|瑕疵|缺陷|坏的|有洞|个洞|漏液|脏|污渍|弯了|烂了|断了|残次|开不了机|打不开机",
    ),
    "defect": (r"defect\w*|faulty|dead on arrival|out of the box", r"\bбрак|дефект|из коробки", "次品|瑕疵|残次|开箱"),
    "on_arrival": (
        r"came|arriv\w*|open(?:ed|ing)? (?:it|the|up)|when i opened|received|got|in the (?:box|package)|out of the box|from the (?:start|beginning)|delivered|box|package|brand new|new one|unpack\w*|screen|lid|glass",
        r"приш|приех|присл|получил|откр|распаков|(?:из|в) коробк|с самого начала|сразу|коробк|упаковк|достав|нов(?:ый|ая|ое)|крышк|экран",
        "收到|打开|到货|一开始|拆|盒子|发来|箱|包装|新的|寄来|盖子|屏幕|来的时候",
    ),
    "incomplete": (
        r"missing|not included|wasn't included|incomplete|only \w+ (?:of|out of|instead)|lack\w*|(?:not|n't|nothing) in the (?:box|package|set)|forgot to (?:put|include|add|send)|without (?:the |a |its )?(?:charger|cable|manual|remote|lid|screws?|key|box)|(?:fewer|less) (?:pieces|items|than)|(?:no|where(?:'s| is) the) (?:charger|cable|remote|screws?|lid|adapter|key)\b(?: in)?",
        r"не хвата|нехват|недоста|недоклад|не доложил|(?:в комплекте|в наборе|в коробке|в посылке) (?:не|нет|\d)|не (?:было|положили|вложили|оказалось)|отсутств|без (?:зарядк|кабел|пульт|крышк|винт|ключ)|неполн|некомплект|недокомплект|(?:всего|только) (?:\d|од|дв|три)\w* (?:из|вместо)|не все (?:дет|част|предм)",
        "少了|缺了|缺少|漏发|少发|不全|没配|缺件|(?:没有|没)(?:充电器|说明书|配件|螺丝|线|遥控|盖子|钥匙)|只有.{0,4}(?:个|件|只)|少.{0,2}(?:个|件|颗|根|只)",
    ),
    # ── after a while ──
    "broke": (
        r"stopp?(?:ed|s) (?:\w+ )?(?:working|charging|turning|responding|heating|cooling)|stopped|broke(?:n)?(?: down)?|died|dead|(?:doesn't|does not|won't|will not|isn't|not|no longer|can't|cannot)(?: \w+)? (?:work\w*|turn\w*|charg\w*|start\w*|switch\w*|heat\w*|respond\w*|light\w*|play\w*|spin\w*)"
        r"|malfunction\w*|flicker\w*|nois(?:e|y)|grinding|rattl\w*|went (?:black|dead|off)|burn(?:ed|t)|overheat\w*|fell (?:off|apart)|leaks?|leaking|fail(?:ed|s)|error|peeled|freez(?:es|ing)|smok(?:e|ing)|sparks?",
        r"перестал|слома|не (?:работа|включа|заряжа|запуска|реагиру|греет|крут|свет|печата|видит|держит заряд)|сдох|умер|мерца|мига|скреж|шумит|стучит|гудит|перегрева|погас|сгорел|отвалил|развалил|глюч|тормоз|вышел из строя|пот[её]к|теч[её]т|протека|накрыл|полома|отказал|искрит|дымит|треснул|лопнул|облез|выключается|порвал",
        "坏|不工作|不能用|没法用|用不了|充不进|不充电|打不开|开不了|不转|不亮|不响|不制冷|不制热|异响|闪|黑屏|死机|失灵|故障|漏水|没反应|断电|烧了|发烫|卡顿|掉了|冒烟|不灵|脱落|断了|开裂",
    ),
    "used": (
        r"after|since|yesterday|for (?:a|two|three|\d+) (?:\w+ )?(?:days?|weeks?|months?|years?)|(?:days?|weeks?|months?|years?) (?:later|ago|of use)|already|used|worked|within a|in a (?:week|month)|again|suddenly|today|now",
        r"через|после|со? (?:вчера|прошл|недав)|вчера|сегодня|проработа|за (?:недел|месяц|день)|спустя|пользова|служил|внезапно|теперь|уже|опять",
        "用了|才用|使用|(?:天|周|月|年)(?:后)?就|升级后|昨天|今天|更新后|洗了|之后|突然|现在|又|过了",
    ),
    "warranty": (r"warrant\w*|guarantee\w*", r"гаранти", "保修|质保|三包|联保|在保|保多久"),
    "repair": (r"repair\w*|fix(?:ed|ing)?|service cent\w+|mend\w*|servic(?:e|ing) it", r"ремонт|отремонт|почин|чинить|сервис(?:ный|ном|ного)? центр|в сервис|мастерск", "维修|修|返厂"),
    "parts": (
        r"spares?|replacement (?:\w+ )?(?:part|filter|lid|batter(?:y|ie)|bulb|blade|strap|glass|bag|head)s?|spare \w+|sold separately|buy (?:\w+ )?(?:\w+ )?separately|parts|accessor\w+|consumables?|refills?",
        r"запчаст|запасн|сменн|отдельно|комплектующ|расходник|насадк\w* (?:купить|есть)",
        "配件|替换|零件|单独买|单独卖|单卖|单买|滤芯|备件|耗材|单配",
    ),
    "manual": (
        r"manuals?|instructions?|assembl\w*|install\w*|set(?:ting)? (?:it )?up|pair(?:ing)?|how (?:do|can|should|to) ?(?:i|you|we|one)? ?(?:use|turn|switch|open|clean|connect|assemble|install|charge|mount|put|attach|set|pair|fold|hang|program|replace)|how does it work",
        r"инструкц|как (?:\S+ ){0,2}?(?:подключ|собрать|собира|установ|настро|пользова|включ|закреп|почист|чистить|заряжать|зарядить|повес|разобрать|прикрут|снять|прошить|спарить|запустить)|сборк|мануал|сопряж|руководств",
        "说明书|怎么(?:用|使用|装|安装|连|组装|设置|开机|拆|清洗|清理|充|配对|调|接|打开|挂|换电池|换滤芯)|如何(?:使用|安装|连接|设置|清洗|组装)|教程|安装|组装|使用方法|配对",
    ),
    # ── everything else ──
    "payment": (
        r"pay|payments?|paying|paypal|instal?ments?|charged (?:twice|more|again|double|for)|(?:was|been|were|got) (?:over)?charged|credit card|card (?:was|is|got)? ?(?:charged|declined|rejected)|billed|debited|cash on delivery",
        r"оплат(?:а|ы|у|ить|е\b)|оплачив|плат[её]ж|платить|заплатить|рассрочк|списа|карт[аоуы]й?\b|в кредит|сняли|при получении|наложенн",
        "付款|支付|付不|付钱|付了|分期|扣了?我?.{0,4}(?:钱|款|次)|扣的钱|扣款|刷卡|信用卡|花呗|货到付",
    ),
    "invoice": (r"invoices?|receipts?|bill|vat|tax (?:number|id)", r"сч[её]т\b|сч[её]та\b|\bчек\b|\bчека\b|фактур|\bинн\b|квитанц|закрывающ|бухгалтер|упд\b", "发票|收据|税号|抬头|开票"),
    "cancel": (r"cancel\w*|call (?:it )?off|stop (?:my|the) order|don't (?:send|ship) it", r"отмен(?!н)|остановите|не отправляйте|аннулир|отказаться от заказа", "取消|别发|不要发|撤单|不用发"),
    "promo": (r"promo\w*|coupons?|vouchers?|discount codes?|bonus\w*|points|cashback", r"промо|купон|бонус|баллы|баллов|скидочн|кешбэк|кэшбек", "优惠[券码]|折扣码|红包|积分|满减|代金券|券"),
    "account": (
        r"passwords?|account|log ?(?:in|out)|sign ?(?:in|up)|my (?:phone(?: number)?|e-?mail|profile|name)|profile|2fa|register",
        r"парол|аккаунт|личн\w+ кабинет|войти|вход|профил|регистр|логин|учетн",
        "密码|账户|账号|帐号|登录|登陆|注册|手机号|个人资料|绑定",
    ),
    "thanks": (r"thanks?|thank you|thx|perfect|great|excellent|all good|awesome|love it", r"спасибо|благодар|\bспс\b|отлично|все хорошо|супер|прекрасно", "谢|感谢|满意|很好|辛苦|不错|喜欢"),
    "greeting": (r"hello|hi|hey|good (?:morning|day|evening|afternoon)|anyone|are you there", r"здравств|привет|добр(?:ый|ое|ого)|есть кто|\bалло|доброго", "你好|您好|在吗|有人吗|哈喽|hello|嗨"),
    "service": (
        r"rude\w*|(?:support|seller|service|operator|manager|staff|courier|driver|shop|nobody|no one|you)(?: \w+){0,3}? (?:(?:never|not|n't|don't|doesn't|didn't) (?:answer|reply|respond)\w*|answers|replies|ignor\w*|rude|hung|shouted|insult\w*)|ignor\w*|complain\w*|attitude|impolite",
        r"(?:на|с)?хам(?:ит|ил|ят|ство|ова)|(?:на)?груб(?:ит|ил|ят|ост|о\b|ый)|не (?:отвеча|отвеч|реагир|перезв)\w*|игнор|жалоб|пожалова|отношени|обслужив|невежлив|оскорб|накрича",
        "态度|不理|没人(?:理|回|答)|不回|投诉|服务(?:差|太|很)|骂|凶|不耐烦",
    ),
    # ── what is asked of goods ──
    "size": (
        r"sizes?|sizing|dimensions?|measurements?|how (?:big|tall|wide|large|deep|high|thick|small)|runs? (?:small|large|big|true)|true to size|too (?:small|big|tight|large)|height|width|length|diameter|small or|waist|inseam|(?:xs|xl|xxl)|size chart",
        r"размер|габарит|больше ?мер|мало ?мер|высот|ширин|длин[аоуые]|глубин|диаметр|рост\b|обхват|в талии|размерн|на рост",
        "尺码|尺寸|多大|多高|多宽|多长(?!时)|多厚|偏大|偏小|几码|码数|大小|直径|身高|体重|\\d码|选什么码|穿什么码|什么号|穿[smlx]",
    ),
    "material": (
        r"materials?|made (?:of|from)|what is (?:it|the \w+) made|fabric|cotton|leather|wool\w*|plastic|steel|wood(?:en)?|oak|composition|faux|silk|linen|metal|ceramic|rubber|polyester|real \w+ or",
        r"материал|из чего|состав\b|ткань|ткани|хлоп|кож[аиу]\b|кожан|шерст|пластик|стал[ьи]\b|дерев|дуб|металл|керами|кожзам|шелк|лен\b|бумаг|резин",
        "材质|材料|面料|什么做的|纯棉|棉|真皮|皮的|羊毛|塑料|不锈钢|木|成分|陶瓷|丝绸|人造革|合金|胶的",
    ),
    "compatible": (
        r"compatib\w*|fits?(?! me)|(?:work|works)(?: \w+)? (?:with|on)|supports?|suits?|suitable|go(?:es)? with|connects? to|usb|android|iphone|macbook|windows|match(?:es)?",
        r"совмест|подойд|подход|работает (?:с|на)\b|встан|подключается|поддержив|сочета|андроид|айфон|виндов|макбук",
        "兼容|适用|适合|支持|能用|可以用|通用|配得上|匹配|能不能用|安卓|苹果",
    ),
    "stock": (
        r"in stock|availab\w*|sold out|out of stock|restock\w*|back in|do (?:you|u|ya) (?:still |also )?(?:have|sell|stock|carry)|have (?:it|this|them|any) (?:in|left)|is there|any left|left in|still (?:have|sell|there)|got (?:it|any) in",
        r"налич|(?:\bесть\b|имеет\w*|остал\w*|появ\w*)(?! ли гаранти)|законч|продает|в продаж|поступ|будет ли",
        "有货|现货|补货|缺货|断货|没货|库存|上架|还有|有没有|有.{1,8}[吗么]|卖完",
    ),
    "price": (
        r"discounts?|prices?|cheaper|expensive|how much (?:is|are|does|do|for)|on sale|costs?|deal|bargain",
        r"скидк|цен[аеуы]\b|дорож|дорог|дешев|сколько стои|стоимость|распродаж|поч[её]м|акци[яи]|уступ",
        "便宜|优惠(?![券码])|打折|折扣|价格|多少钱|贵|降价|活动价|让利",
    ),
    "feature": (
        r"battery|waterproof|water ?(?:proof|resist\w*)|wash\w*|dishwasher|timer|watts?|colou?r temperature|voltage|weigh\w*|heavy|load|capacity|power\w*|silent|quiet|loud|bright\w*|dimm?\w*|bluetooth|wi-?fi|wireless|memory|speed|functions?|features?|degrees|safe|resolution|range|lasts?|charge|microwave|oven|machine|colou?rs?|smell|waterproof|how many|does it|does the|is it|can it|is the|are they|ip\d\d",
        r"аккумулятор|батаре|водонепрон|водо|мыть|мо[её]тся|стира|посудомо|таймер|ватт|\bвт\b|температур|вольт|\bвес|тяжел|нагрузк|[её]мкост|мощност|бесшум|тих(?:ий|ая|о)|громк|ярк|димм|блютуз|bluetooth|вайфай|беспровод|памят|скорост|функци|градус|безопас|разрешени|дальност|хватает|заряд|микроволн|духовк|есть ли|умеет|можно ли|можно|шум",
        "电池|防水|水洗|洗碗机|定时|瓦|色温|电压|多重|重量|承重|容量|功率|静音|噪音|声音|亮度|调光|蓝牙|wifi|无线|内存|速度|功能|度|安全|分辨率|续航|充一次|能用多久|充电|微波炉|烤箱|机洗|几种颜色|能不能|可以|会不会|味道|几档",
    ),
    "about": (
        r"tell me (?:more|about)|more (?:info\w*|details)|describe|details? (?:about|of)|question about",
        r"подробн|расскаж|поподробн|информаци|описани|характеристик|вопрос по товару",
        "介绍|详细|更多信息|了解一下|参数",
    ),
    "genuine": (
        r"genuine|originals?|authentic\w*|fakes?|replicas?|counterfeit|certificat\w*",
        r"оригинал|подлин|поддел|реплик|сертификат|\bкопия|фейк|паль\b|паленк",
        "正品|真品|假货|高仿|原装|证书|仿|真的吗|真假|鉴定",
    ),
    "question": (
        r"\?|what|which|does|do|is|are|can|how|why|could|would|will",
        r"\?|как(?:ой|ая|ое|ие|ую)?\b|что\b|ли\b|сколько|можно|почему|чем\b|кто\b",
        "[??]|吗|么|什么|怎么|多少|哪|几|是不是|能不能|呢",
    ),
}

@cache
def _compiled() -> Mapping[str, re.Pattern[str]]:
    return {
        meaning: re.compile(rf"(?<![a-z0-9])(?:{en})(?![a-z])|(?<![а-яa-z0-9])(?:{ru})|{zh}")
        for meaning, (en, ru, zh) in _ROWS.items()
    }


def meanings(text: str) -> frozenset[str]:
    """Return what the words of a text mean."""
    words = plain(gist(text))
    return frozenset(meaning for meaning, shape in _compiled().items() if shape.search(words))
