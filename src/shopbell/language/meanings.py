"""What words of a shop's mail mean, in three languages: one meaning, many words.

A row holds a meaning, then its stems in English, Russian and Chinese. English words end where they
end unless a star is there; Russian stems go on as they like; Chinese has no borders.
"""

import re
from collections.abc import Mapping
from functools import cache

from shopbell.language.folding import gist, plain

_ROWS: Mapping[str, tuple[str, str, str]] = {
    "order": (
        "orders?|purchases?",
        "заказ(?!чи)|покупк",
        "订单|下单|单子",
    ),
    "mine": (
        "(?:i|we) (?:have |had |just )?(?:ordered|bought|paid|purchased)"
        r"|(?:my|our|the|this) (?:\w+ )?(?:order|parcel|package|purchase|delivery|shipment|item)"
        "|i've (?:ordered|bought|paid)|your order|ordered",
        "(?:заказал|заказыва|купил|оплатил|приобр)"
        r"|(?:мо|наш|эт)\w{1,2} (?:заказ|посылк|покупк|товар|отправл)"
        r"|(?:посылк|заказ)\w* (?:мо|наш)",
        "我的|我们的|下了单|已下单|我买|买了|已付|拍了|我订",
    ),
    "parcel": (
        "parcels?|packages?|packets?|shipments?|couriers?|consignments?|postman|mailman|mail"
        "|deliver(?:y|ies)",
        "посылк|отправлени|бандерол|курьер|груз|накладн|доставк|пакет",
        "包裹|快递|物流|快件|货物|运单|单号|发货|配送|驿站|我的件|这个件|的件",
    ),
    "track": (
        r"track\w*|trac(?:e|ing)|status|ups|dhl|fedex",
        r"трек|отслеж|отслед|статус|движени|сд[эе]к|почт[аеы]\b",
        "物流|跟踪|追踪|查.{0,3}(?:件|单|快递)|单号|进展|顺丰|圆通|中通",
    ),
    "thing": (
        "item|product|goods|article|it|this|that",
        r"товар|вещь|изделие|его|ее|их\b|это",
        "商品|东西|产品|货|这个|这款|它",
    ),
    "where": (
        "where(?:'s|s)?|whereabouts|any (?:news|updates?|movement)|what happened|stuck|frozen"
        "|lost|no (?:news|updates?|movement)|which (?:courier|carrier|company)"
        "|who (?:delivers|carries|has)"
        r"|(?:not|never|n't|nothing|no|hasnt|havent|didnt|isnt|wont|cant|dont|doesnt)(?: \w+){0,3}? ?(?:mov(?:e|ed|ing)|updat\w*|changed|new)"
        "|stopped moving|back to sender|has been shipped|been (?:shipped|sent|dispatched)"
        "|shipped yet|sent yet|going on|what's happening",
        r"\bгде\b|\bкуда\b|потерял|застрял|завис"
        "|не (?:двига|обновл|меня|отслеж|бь[её]т|движ|показыв)|на месте"
        r"|нет\w* (?:движ|обновл|новост|инфо)|у как\w+ (?:курьер|служб)"
        r"|как(?:ой|ая) (?:курьер|служб)|новост|что с\b|без (?:обновл|движ|измен)|уехал"
        r"|отправили\b|отправлен ли|ушл[ао] ли|обратно отправител|потерян|пропал|что там",
        "到哪|在哪|哪里|哪儿|卡住|卡在|停在|不动|没动|不更新|(?:没|没有|未)更新"
        "|(?:没|没有|有|什么)(?:进展|消息|动静)|丢|哪家|被退回|发货了吗|发了吗|怎么还没"
        "|查一下|走到|发货没|寄出了?吗|怎么回事|什么情况",
    ),
    "news": (
        "any (?:news|updates?)|no (?:news|updates?)",
        "новост",
        "进展|消息|动静",
    ),
    "arrive": (
        r"arriv\w*|came|comes?|coming|delivered|deliver|receiv\w*|turn(?:ed)? up"
        r"|show(?:ed|n)? up|here|get (?:it|here|there|my|the)|reach\w*|got",
        "прише?л|прид[уеё]|прихо|прийд|приех|приед|приез|привез|достав|получ|доед|доех|дойд"
        "|дош|вруч|поступ",
        "到货|收到|送到|送达|到了|能到|没到|到|签收|来",
    ),
    "ship": (
        r"ship\w*|dispatch\w*|deliver\w*|send|sent|post(?:age)?|forward",
        "отправ(?!ител)|отосл|высыла|вышл|достав|пересыл|пошл[ёе]т|отгруз|привез|приве[дз]",
        "发货|寄|发出|配送|快递|运费|送货|送到|送|发到|发|到|达|包邮|邮费",
    ),
    "when": (
        r"when|how (?:soon|fast|quick\w*|many (?:days|weeks))"
        r"|how long (?:does|do|will|is|until|till|before|for) ?(?:the |it |my |a )?(?:deliver\w*|ship\w*|take|shipping|post\w*|arriv\w*|dispatch)?"
        "|what (?:day|date)|eta|delivery time"
        "|(?:arrive|delivered|here|come) (?:by|before|in time)|fast"
        "|do you (?:ship|deliver|send)|can you (?:ship|deliver|send)|next.day|same.day"
        "|express|overnight|possible",
        "когда|сколько (?:времени|дней|идет|ждать|ехать|едет|занимает|по времени|будет идти)"
        r"|как (?:быстро|скоро|долго)|за сколько|срок\w* доставк|через сколько|в какой день"
        "|успе[ех]|быстро|доставляете|отправляете (?:ли )?в|отправите в|привезете|возите"
        "|день в день|экспресс|срочн|возможн",
        "什么时候|啥时候|几时|何时|几天|多久|多长时间|多少天|哪天|几号|能到|快吗"
        "|发(?:往|到)?[^货出了吗]{2,4}吗|能发到|送[^了到]{1,4}吗|当日达|次日达|加急|最快",
    ),
    "late": (
        r"late|later than|delay\w*|overdue"
        "|(?:was|were) (?:supposed|meant|due|expected|promised)|should(?: have|'ve)|promised"
        "|still (?:not|no|nothing|waiting|hasn't|haven't|isn't|didn't)|(?:been )?waiting"
        "|too long|taking (?:so|too|for|ages)"
        r"|(?:not|never|n't|nothing|no|hasnt|havent|didnt|isnt|wont|cant|dont|doesnt)(?: \w+){0,2} (?:arrived?|come|came|delivered|here|received)"
        r"|(?:a|two|three|\d+) (?:weeks?|months?) (?:ha[sv]e? )?(?:gone|passed)"
        "|nothing (?:arrived|came)|hasn't (?:arrived|come|shipped)",
        r"опазд|опозд|задерж|просроч|должн\w* был|обеща|до сих пор|вс[её] еще|жду|заждал"
        "|так и не"
        "|не (?:приш|прих|приех|привез|доставили|получил|доех|дош|дожд|дожид|отправил)"
        r"|ничего не (?:приш|приех)|прош(?:ел|ло|ла|ли) (?:\w+ )?(?:недел|месяц|дн)"
        r"|уже (?:\w+ )?(?:недел|месяц|дн)",
        "晚了|延误|延迟|迟|逾期|超时|还没(?:有)?(?:到|来|收到|送|发)|没有?(?:到|来|收到|送来)"
        "|一直没|说好|本该|应该.{0,6}到|等了|承诺|拖|还不(?:到|来|发)|催",
    ),
    "delivered": (
        r"(?:marked|says?|shows?|status|listed|reads?|states?|app|website|tracking|ups|dhl|fedex|carrier|it's|its|was|is)(?: \w+){0,3}? (?:delivered|received|signed|collected)"
        "|signed|delivered",
        r"вруч|доставлен|получен[оаы]?\b|выдан|отметил|отдал\b",
        "签收|已送达|显示送达|送到了|已收货|妥投|显示.{0,4}(?:收到|送到)",
    ),
    "absent": (
        r"(?:not|never|n't|nothing|no|hasnt|havent|didnt|isnt|wont|cant|dont|doesnt)(?: \w+){0,3}? ?(?:receiv\w*|got|get|have|seen?|there|package|parcel|arriv\w*|here|it|anything|box)"
        "|(?:got|have|received|is|there's) (?:nothing|no)|nobody"
        "|empty (?:porch|mailbox|doorstep)|wasn't home|nothing (?:on|at|in|there)|nowhere"
        "|empty",
        r"не (?:получ|видел|принос|забира|было|приход|приш|наход|вруч|отдав|оказ)|ничего|нет\b"
        "|нету|никто не|никого|пусто|не (?:отда|передав)",
        "没(?:有)?(?:收到|拿到|见到|看到|取到|包裹|东西|人送)|未收到|没拿|没人送|找不到|不在"
        "|没见|根本没|门口没",
    ),
    "address": (
        "address|street|(?:i|we) (?:have )?moved|wrong (?:house|city|zip|postcode|street)"
        "|recipient|redirect|house number|apartment|instead of home"
        r"|to my (?:office|work|home|neighbou?r\w*|parents)|leave (?:it )?(?:with|at)|reroute"
        "|on holiday|not (?:be )?at home|different place",
        r"адрес|переехал|улиц[ауые]|индекс|получател|перенаправ|номер\w? (?:дома|квартиры)"
        "|не тот (?:дом|город)|на работу|домой|сосед|в офис|не будет дома|в отпуске"
        "|другое место",
        "地址|搬家|收件人|收货人|门牌|改(?:收货|寄|送)|送到.{0,4}(?:公司|单位|家里|邻居)|转寄"
        "|不在家|放门口|别送",
    ),
    "customs": (
        "customs|import (?:tax|duty)|duty|duties|clearance",
        "тамож|пошлин|растамож",
        "海关|清关|关税|报关",
    ),
    "pickup": (
        "pick ?-?up|lockers?|collection point|collect (?:it|my)|parcel ?shop|post office|kept",
        r"пункт\w*|пвз|постамат|самовывоз|хранит|хранен|забрать|отделени",
        "驿站|自提|代收点|快递柜|丰巢|取件|菜鸟|代收",
    ),
    "cost": (
        r"how much|costs?|price[sd]?|fees?|charges?|charge (?:extra|for)|expensive|cheap\w*"
        "|free|surcharge|rates?",
        r"сколько (?:стои|будет стоить|с меня)|стоимост|цен[аеуы]\b|платн|бесплатн|почем\b"
        r"|дорог(?:о|ая|ой|ие|ое)\b|дорож|дешев|тариф|доплат|сколько\b.{0,12}\bстои",
        "多少钱|价格|运费|费用|贵|便宜|免费|包邮|邮费|价钱|加钱|要加",
    ),
    "return": (
        r"returns?|returning|returned|send(?:ing)? (?:it|this|them|the \w+|these) back"
        "|give (?:it|this) back|take (?:it|this|them) back|bring (?:it )?back|send back"
        "|don't (?:want|need) (?:it|this)|changed my mind|taking (?:it|this|them) back"
        "|initiate a return",
        r"верн(?:уть|у\b|ем\b|им\b)|возвра[тщ]|сдать"
        r"|(?:отправ|отосл|посла|сда)\w* (?:\S+ )?(?:обратно|назад)|обратн(?:ую|ой|ая|ый)"
        "|обратно(?! отправ)|назад|передумал|не нуж(?:ен|на|но|ны)",
        "退货|退掉|(?:能|可以|想|要|怎么|申请|无理由|包|不给)退|退换|不想要|不要了|寄回|退了"
        "|退回去|(?:^|[,，。 ])退(?:$|[,，。 ])|要退|退吧",
    ),
    "refund": (
        r"refund\w*|money back|(?:get|want|give|return|send)(?: me)?(?: back)? my money"
        r"|where(?:'s| is) my money|reimburs\w*"
        r"|money (?:\w+ )?(?:not |n't )?(?:\w+ )?(?:returned|back|refunded)|refunded"
        "|half (?:of )?(?:the|my) (?:price|money)|got (?:only )?half",
        r"(?:верн|возвра[тщ]|отда(?:й|ть))\w*(?: \S+){0,3} (?:деньг|денег|средств|оплат|сумм|руб|полн)"
        r"|(?:деньги|средства|сумм\w*) (?:\S+ ){0,4}(?:верн|возвра|назад|обратно|приш|поступ)"
        r"|возврат\w* (?:денег|средств)|где (?:мои |возврат )?(?:деньги|денег)|компенс|рефанд"
        r"|(?:вернули|верните|верн[её]те|вернут|вернуть) (?:\S+ )?(?:половин|част|стоимост|деньги|сумм|остат)"
        r"|ден(?:ег|ьги) (?:\w+ )?(?:нет|не )|нет денег",
        "退款|退钱|还我钱|还钱|(?:钱|款).{0,4}(?:没|未|还没)?(?:退|呢|到账)|退我|返钱|赔|只退"
        "|退了.{0,4}钱|退.{0,3}一半",
    ),
    "exchange": (
        r"exchang\w*|swap\w*"
        "|replac(?:e|ed|ing|ement)(?! (?:filter|part|lid|battery|bulb|blade|strap|glass|bag)s?)"
        "|change (?:it|this|them) (?:for|to)"
        r"|(?:send|need|want|get)(?: me)? (?:another|a (?:different|bigger|larger|smaller))(?: \w+)?"
        "|another (?:size|colou?r)|(?:one |a )?size (?:up|down|bigger|smaller|larger)"
        "|(?:bigger|larger|smaller|next) size",
        "обмен"
        r"|(?:по|об)меня\w*\b(?! (?:батар|фильтр|ламп|аккум|парол|адрес|картридж|мешок|симк))"
        r"|замен(?:и|у|ить|ят)\b|заменит|нуж\w+ друг(?:ой|ая|ое) (?:размер|цвет)"
        r"|на размер (?:больше|меньше)|размер\w? (?:больше|меньше|побольше|поменьше)"
        r"|(?:больший|большего|меньший|меньшего) размер",
        "换货|(?<!怎么)(?<!如何)换(?!电池|滤芯|灯泡|芯|墨|季|洗|算|句|乘|$|[?？,，])|调换"
        "|更换成|补发",
    ),
    "wrong": (
        r"wrong|not (?:what|the (?:one|colou?r|size|model|thing|item)) (?:\w+ )?(?:i|we)"
        "|instead of|mix(?:ed)? up|incorrect"
        "|(?:not|n't) (?:match|as described|like (?:the|in)|the same)"
        "|different (?:from|to|than|colou?r|model|item)|someone else's"
        r"|(?:ordered|asked for|bought|wanted) (?:a|an|the|\d+)?\s?.{1,30}?,? (?:but |and )?(?:i )?(?:got|received|came|arrived)"
        r"|got (?:size )?\S+ instead|someone else",
        r"не т(?:от|а|о|у|е|ого|ой)\b|вместо|перепут|ошиблись|не соответств"
        r"|(?:присл|приш|приех|полож|достав|отправ)\w* (?:\S+ )?друг"
        r"|друг\w+ (?:товар|цвет|размер|модель)\w* (?:приш|присл|приех)"
        r"|(?:заказ\w+|просил\w*|покупал\w*|нужен был)\s?\S+.{1,30}(?:приех|приш|присл|полож)"
        r"|чуж(?:ой|ая|ое)|друг\w+ (?:товар|цвет|размер|модель)\w* (?:приш|присл|приех)",
        "发错|(?:货|款|色|码|颜色|尺码|型号|东西|送|寄)错|错(?:货|款|色|码|颜色|尺码)"
        "|不是我(?:买|要|订|拍|下)|(?:东西|颜色|货|型号|尺码|款式)(?:不对|不符|不一样)"
        "|与描述不符|收到.{1,10}我?(?:要|买|订|拍)的"
        "|(?:买|要|订|拍)的.{1,10}(?:来了|收到|发来|给我)|实物不|货不对板|别人的|不是这个"
        "|给错|拿错",
    ),
    "damaged": (
        r"damag\w*|broken|smash\w*|shatter\w*|crack\w*|scratch\w*|dent(?:ed|s)?|torn|ripped"
        r"|crush\w*|stain\w*|holes?|chipped|defect\w*|faulty|dead on arrival|bent|in pieces"
        "|dirty|squashed|deformed|mouldy|leak(?:ed|ing) (?:in|all)|broke (?:in|on|during)",
        r"поврежд|разбит|бит(?:ый|ая|ое|ые)\b|слома(?!т)|трещин|тресну|треснут|царапин"
        "|поцарапан|вмятин|помят|смят|мят(?:ый|ая|ое)|порван|рван|дыр[каоуы]|пятн"
        r"|скол(?:ы|от|)\b|\bбрак|дефект|неисправ|вдребезги|погнут|грязн|раскол|раздавл|испорч"
        "|плесен|разбил|разлетел|раздавил",
        "碎|破损|破了|破的|裂|划痕|刮|瘪|压扁|变形|损坏|次品|瑕疵|缺陷|坏的|有洞|个洞|漏液|脏"
        "|污渍|弯了|烂了|断了|残次|开不了机|打不开机|摔|压坏|砸",
    ),
    "defect": (
        r"defect\w*|faulty|dead on arrival|out of the box",
        r"\bбрак|дефект|из коробки",
        "次品|瑕疵|残次|开箱",
    ),
    "on_arrival": (
        r"came|arriv\w*|open(?:ed|ing)? (?:it|the|up)|when i opened|received|got"
        "|in the (?:box|package)|out of the box|from the (?:start|beginning)|delivered|box"
        r"|package|brand new|new one|unpack\w*|screen|lid|glass|in transit|on the way|got here"
        "|on arrival|shipping",
        "приш|приех|присл|получил|откр|распаков|(?:из|в) коробк|с самого начала|сразу|коробк"
        "|упаковк|достав|нов(?:ый|ая|ое)|крышк|экран|в дороге|при (?:доставке|перевозке)"
        "|в пути",
        "收到|打开|到货|一开始|拆|盒子|发来|箱|包装|新的|寄来|盖子|屏幕|来的时候|路上|运输"
        "|到手|来的",
    ),
    "incomplete": (
        r"missing|not included|wasn't included|incomplete|only \w+ (?:of|out of|instead)"
        r"|lack\w*|(?:not|n't|nothing) in the (?:box|package|set)"
        "|forgot to (?:put|include|add|send)"
        "|without (?:the |a |its )?(?:charger|cable|manual|remote|lid|screws?|key|box)"
        "|(?:fewer|less) (?:pieces|items|than)"
        r"|(?:no|where(?:'s| is) the) (?:charger|cable|remote|screws?|lid|adapter|key)\b(?: in)?"
        r"|(?:only|just) \w+ (?:\w+ )?in (?:the|a)|there (?:are|is|were|was) only"
        "|where (?:is|are|'s) (?:the|my) (?:cable|charger|remote|lid|manual|screws?|key|adapter)",
        "не хвата|нехват|недоста|недоклад|не доложил"
        r"|(?:в комплекте|в наборе|в коробке|в посылке) (?:не|нет|\d)"
        "|не (?:было|положили|вложили|оказалось)|отсутств"
        "|без (?:зарядк|кабел|пульт|крышк|винт|ключ)|неполн|некомплект|недокомплект"
        r"|(?:всего|только) (?:\d|од|дв|три)\w* (?:[а-я]+ )?(?:из|вместо)|не все (?:дет|част|предм)"
        r"|вместо (?:дв|тр|чет|пят|шест|сем|вос|дев|дес)"
        r"|(?:в коробке|в комплекте|в наборе).{0,12}\bнет\b",
        "少了|缺了|缺少|漏发|少发|不全|没配|缺件"
        "|(?:没有|没)(?:充电器|说明书|配件|螺丝|线|遥控|盖子|钥匙)|只有.{0,4}(?:个|件|只)"
        "|少.{0,2}(?:个|件|颗|根|只)|件套.{0,3}(?:只|就)|只有.{1,3}[把个件只条张块套包]"
        "|(?:盒子?|箱子?|包装|袋)里没",
    ),
    "broke": (
        r"stopp?(?:ed|s) (?:\w+ )?(?:working|charging|turning|responding|heating|cooling)"
        "|stopped|broke(?:n)?(?: down)?|died|dead"
        r"|(?:doesn't|does not|won't|will not|isn't|not|no longer|can't|cannot)(?: \w+)? (?:work\w*|turn\w*|charg\w*|start\w*|switch\w*|heat\w*|respond\w*|light\w*|play\w*|spin\w*)"
        r"|malfunction\w*|flicker\w*|grinding|rattl\w*|went (?:black|dead|off)|burn(?:ed|t)"
        r"|overheat\w*|fell (?:off|apart)|leaks?|leaking|fail(?:ed|s)|error|peeled"
        "|freez(?:es|ing)|smok(?:e|ing)|sparks?|c[ao]me off|comes off|fell"
        "|falls (?:off|apart)|snapped|tore"
        r"|keeps? (?:\w+ )?(?:switching|turning|shutting|restarting|falling|beeping|crashing|disconnecting)"
        r"|shuts? (?:down|off)|stuck|wobbl\w*|jam(?:s|med)|loose|burst",
        "перестал|слома"
        "|не (?:работа|включа|заряжа|запуска|реагиру|греет|крут|свет|печата|видит|держит заряд)"
        "|сдох|умер|мерца|мига|скреж|стучит|перегрева|погас|сгорел|отвалил|развалил|глюч"
        "|тормоз|вышел из строя|пот[её]к|теч[её]т|протека|накрыл|полома|отказал|искрит|дымит"
        "|треснул|лопнул|облез|выключается|порвал|отлет|отклеи|разош|оторвал|порвал|отпал"
        "|заклини|люфт|шата|облез|ст[её]рл|сама выключ|сам выключ|рассохл|лопнул",
        "坏|不工作|不能用|没法用|用不了|充不进|不充电|打不开|开不了|不转|不亮|不响|不制冷"
        "|不制热|异响|闪|黑屏|死机|失灵|故障|漏水|没反应|断电|烧了|发烫|卡顿|掉了|冒烟|不灵"
        "|脱落|断了|开裂|自动(?:关|停|断)|掉|松了|脱线|开线|起皮|裂开|断裂|老断|总断|连不上"
        "|不通电",
    ),
    "used": (
        "after|since|yesterday"
        r"|for (?:a|two|three|\d+) (?:\w+ )?(?:days?|weeks?|months?|years?)"
        "|(?:days?|weeks?|months?|years?) (?:later|ago|of use)|already|used|worked|within a"
        "|in a (?:week|month)|again|suddenly|today|now|last (?:night|week|month)|keeps?"
        "|constantly|by itself",
        "через|после|со? (?:вчера|прошл|недав)|вчера|сегодня|проработа"
        "|за (?:недел|месяц|день)|спустя|пользова|служил|внезапно|теперь|уже|опять|постоянно"
        "|все время|сам[аоу]? по себе|вечером|ноч",
        "用了|才用|使用|(?:天|周|月|年)(?:后)?就|升级后|昨天|今天|更新后|洗了|之后|突然|现在"
        "|又|过了|昨晚|老是|总是|经常|自动|穿.{1,3}次|用.{0,2}次",
    ),
    "warranty": (
        r"warrant\w*|guarantee\w*",
        "гаранти",
        "保修|质保|三包|联保|在保|保多久",
    ),
    "repair": (
        r"repair\w*|fix(?:ed|ing)?|service cent\w+|mend\w*|servic(?:e|ing) it",
        r"ремонт|отремонт|почин|чинить|сервис(?:ный|ном|ного)? центр|сервис[ае]?\b|мастерск",
        "维修|修|返厂",
    ),
    "parts": (
        "spares?"
        r"|replacement (?:\w+ )?(?:part|filter|lid|batter(?:y|ie)|bulb|blade|strap|glass|bag|head)s?"
        r"|spare \w+|sold separately|buy (?:\w+ )?(?:\w+ )?separately|parts|accessor\w+"
        "|consumables?|refills?",
        r"запчаст|запасн|сменн|отдельно|комплектующ|расходник|насадк\w* (?:купить|есть)",
        "配件|替换|零件|单独买|单独卖|单卖|单买|滤芯|备件|耗材|单配",
    ),
    "manual": (
        r"manuals?|instructions?|assembl\w*|install\w*|set(?:ting)? (?:it )?up|pair(?:ing)?"
        "|how (?:do|can|should|to) ?(?:i|you|we|one)? ?(?:use|turn|switch|open|clean|connect|assemble|install|charge|mount|put|attach|set|pair|fold|hang|program|replace)"
        "|how does it work",
        "инструкц"
        r"|как (?:\S+ ){0,2}?(?:подключ|собрать|собира|установ|настро|пользова|включ|закреп|почист|чистить|заряжать|зарядить|повес|разобрать|прикрут|снять|прошить|спарить|запустить)"
        "|сборк|мануал|сопряж|руководств",
        "说明书"
        "|怎么(?:用|使用|装|安装|连|组装|设置|开机|拆|清洗|清理|充|配对|调|接|打开|挂|换电池|换滤芯)"
        "|如何(?:使用|安装|连接|设置|清洗|组装)|教程|安装|组装|使用方法|配对",
    ),
    "payment": (
        "pay|payments?|paying|paypal|instal?ments?|charged (?:twice|more|again|double|for)"
        "|(?:was|been|were|got) (?:over)?charged|credit card"
        "|card (?:was|is|got)? ?(?:charged|declined|rejected)|billed|debited|cash on delivery",
        r"оплат(?:а|ы|у|ить|е\b)|оплачив|плат[её]ж|платить|заплатить|рассрочк|списа"
        r"|карт[аоуы]й?\b|в кредит|сняли|при получении|наложенн",
        "付款|支付|付不|付钱|付了|分期|扣了?我?.{0,4}(?:钱|款|次)|扣的钱|扣款|刷卡|信用卡"
        "|花呗|货到付",
    ),
    "invoice": (
        "invoices?|receipts?|bill|vat|tax (?:number|id)",
        r"сч[её]т\b|сч[её]та\b|\bчек\b|\bчека\b|фактур|\bинн\b|квитанц|закрывающ|бухгалтер"
        r"|упд\b|закрывающ",
        "发票|收据|税号|抬头|开票|专票|增值税|普票",
    ),
    "cancel": (
        r"cancel\w*|call (?:it )?off|stop (?:my|the) order|don't (?:send|ship) it"
        "|(?:don't|do not) want (?:this|the|my) order|before it ships|stop it",
        "отмен(?!н)|остановите|не отправляйте|аннулир|отказаться от заказа"
        r"|заказ\w? (?:больше )?не нуж|не надо отправ",
        "取消|别发|不要发|撤单|不用发|订单不要|不要发|先别发",
    ),
    "promo": (
        r"promo\w*|coupons?|vouchers?|discount codes?|bonus\w*|points|cashback"
        "|discount (?:not|didn't|wasn't|code|was)|applied",
        r"промо|купон|бонус|баллы|баллов|скидочн|кешбэк|кэшбек|скидк\w+ по|по коду|не применил",
        "优惠[券码]|折扣码|红包|积分|满减|代金券|券|抵扣|没减|没优惠",
    ),
    "account": (
        "passwords?|account|log ?(?:in|out)|sign ?(?:in|up)"
        "|my (?:phone(?: number)?|e-?mail|profile|name)|profile|2fa|register",
        r"парол|аккаунт|личн\w+ кабинет|войти|вход|профил|регистр|логин|учетн",
        "密码|账户|账号|帐号|登录|登陆|注册|手机号|个人资料|绑定",
    ),
    "thanks": (
        "thanks?|thank you|thx|perfect|great|excellent|all good|awesome|love it",
        r"спасибо|благодар|\bспс\b|отлично|все хорошо|супер|прекрасно",
        "谢|感谢|满意|很好|辛苦|不错|喜欢",
    ),
    "greeting": (
        "hello|hi|hey|good (?:morning|day|evening|afternoon)|anyone|are you there",
        r"здравств|привет|добр(?:ый|ое|ого)|есть кто|\bалло|доброго",
        "你好|您好|在吗|有人吗|哈喽|hello|嗨",
    ),
    "service": (
        r"rude\w*"
        r"|(?:support|seller|service|operator|manager|staff|courier|driver|shop|nobody|no one|you)(?: \w+){0,3}? (?:(?:never|not|n't|don't|doesn't|didn't) (?:answer|reply|respond)\w*|answers|replies|ignor\w*|rude|hung|shouted|insult\w*)"
        r"|ignor\w*|complain\w*|attitude|impolite",
        r"(?:на|с)?хам(?:ит|ил|ят|ство|ова)|(?:на)?груб(?:ит|ил|ят|ост|о\b|ый)"
        r"|не (?:отвеча|отвеч|реагир|перезв)\w*|игнор|жалоб|пожалова|отношени|обслужив"
        "|невежлив|оскорб|накрича",
        "态度|不理|没人(?:理|回|答)|不回|投诉|服务(?:差|太|很)|骂|凶|不耐烦",
    ),
    "size": (
        "sizes?|sizing|dimensions?|measurements?"
        "|how (?:big|tall|wide|large|deep|high|thick|small)|runs? (?:small|large|big|true)"
        "|true to size|too (?:small|big|tight|large)|height|width|length|diameter|small or"
        "|waist|inseam|(?:xs|xl|xxl)|size chart|[sml] (?:fit|suit|for|or)"
        r"|fit (?:someone|me|a \d)|tall\b",
        r"размер|габарит|больше ?мер|мало ?мер|высот|ширин|длин[аоуые]|глубин|диаметр|рост\b"
        r"|обхват|в талии|размерн|на рост|\b[sml] (?:подойд|или)",
        "尺码|尺寸|多大|多高|多宽|多长(?!时)|多厚|偏大|偏小|几码|码数|大小|直径|身高|体重"
        r"|\d码|选什么码|穿什么码|什么号|穿[smlx]|能?穿[smlx]",
    ),
    "material": (
        r"materials?|made (?:of|from)|what is (?:it|the \w+) made|fabric|cotton|leather"
        r"|wool\w*|plastic|steel|wood(?:en)?|oak|composition|faux|silk|linen|metal|ceramic"
        r"|rubber|polyester|real \w+ or|solid|veneer|brass|glass",
        r"материал|из чего|состав\b|ткань|ткани|хлоп|кож[аиу]\b|кожан|шерст|пластик|стал[ьи]\b"
        r"|дерев|дуб|металл|керами|кожзам|шелк|лен\b|бумаг|резин|массив|шпон|латун|стекл",
        "材质|材料|面料|什么做的|纯棉|棉|真皮|皮的|羊毛|塑料|不锈钢|木|成分|陶瓷|丝绸|人造革"
        "|合金|胶的|实木|贴皮|铜|玻璃",
    ),
    "compatible": (
        r"compatib\w*|fits?(?! me)|(?:work|works)(?: \w+)? (?:with|on)|supports?|suits?"
        "|suitable|go(?:es)? with|connects? to|usb|android|iphone|macbook|windows"
        "|match(?:es)?|(?:use|used|using) (?:it |this |them )?(?:with|on|in|for)|stove"
        "|induction",
        r"совмест|подойд|подход|работает (?:с|на)\b|встан|подключается|поддержив|сочета"
        "|андроид|айфон|виндов|макбук|использовать (?:на|с|в|для)|индукц|газов",
        "兼容|适用|适合|支持|能用|可以用|通用|配得上|匹配|能不能用|安卓|苹果|上能用|能用在"
        "|可以用在",
    ),
    "stock": (
        r"in stock|availab\w*|sold out|out of stock|restock\w*|back in"
        "|do (?:you|u|ya) (?:still |also )?(?:have|sell|stock|carry)"
        "|have (?:it|this|them|any) (?:in|left)|is there|any left|left in"
        "|still (?:have|sell|there)|got (?:it|any) in"
        r"|(?:get|have|bring|make|be) (?:you )?(?:\w+ )?more|new (?:delivery|batch)",
        r"налич|(?:\bесть\b|имеет\w*|остал\w*|появ\w*)(?! ли гаранти)|законч|продает|в продаж"
        "|поступ|будет ли|заве[зс]|пополн|еще буд",
        "有货|现货|补货|缺货|断货|没货|库存|上架|还有|有没有|有.{1,8}[吗么]|卖完"
        "|还会(?:补|有|来)|补吗|再进",
    ),
    "price": (
        "discounts?|prices?|cheaper|expensive|how much (?:is|are|does|do|for)|on sale|costs?"
        "|deal|bargain",
        r"скидк|цен[аеуы]\b|дорож|дорог(?:о|ая|ой|ие|ое)\b|дешев|сколько стои|стоимость"
        r"|распродаж|почем\b|акци[яи]|уступ",
        "便宜|优惠(?![券码])|打折|折扣|价格|多少钱|贵|降价|活动价|让利",
    ),
    "feature": (
        r"battery|waterproof|water ?(?:proof|resist\w*)|wash\w*|dishwasher|timer|watts?"
        r"|colou?r temperature|voltage|weigh\w*|heavy|load|capacity|power\w*|silent|quiet|loud"
        r"|bright\w*|dimm?\w*|bluetooth|wi-?fi|wireless|memory|speed|functions?|features?"
        "|degrees|safe|resolution|range|lasts?|charge|microwave|oven|machine|colou?rs?|smell"
        r"|waterproof|how many|does it|does the|is it|can it|is the|are they|ip\d\d",
        r"аккумулятор|батаре|водонепрон|водо|мыть|мо[её]тся|стира|посудомо|таймер|ватт|\bвт\b"
        r"|температур|вольт|\bвес|тяжел|нагрузк|[её]мкост|мощност|бесшум|тих(?:ий|ая|о)|громк"
        "|ярк|димм|блютуз|bluetooth|вайфай|беспровод|памят|скорост|функци|градус|безопас"
        "|разрешени|дальност|хватает|заряд|микроволн|духовк|есть ли|умеет|можно ли|можно|шум",
        "电池|防水|水洗|洗碗机|定时|瓦|色温|电压|多重|重量|承重|容量|功率|静音|噪音|声音|亮度"
        "|调光|蓝牙|wifi|无线|内存|速度|功能|度|安全|分辨率|续航|充一次|能用多久|充电|微波炉"
        "|烤箱|机洗|几种颜色|能不能|可以|会不会|味道|几档",
    ),
    "about": (
        r"tell me (?:more|about)|more (?:info\w*|details)|describe|details? (?:about|of)"
        "|question about",
        "подробн|расскаж|поподробн|информаци|описани|характеристик|вопрос по товару",
        "介绍|详细|更多信息|了解一下|参数",
    ),
    "genuine": (
        r"genuine|originals?|authentic\w*|fakes?|replicas?|counterfeit|certificat\w*"
        "|(?:is|are) (?:it|this|these|they) (?:a )?real|legit|knock-?off",
        r"оригинал|подлин|поддел|реплик|сертификат|\bкопия|фейк|паль\b|паленк|настоящ|бренд",
        "正品|真品|假货|高仿|原装|证书|仿|真的吗|真假|鉴定|是真的|真货|真牌",
    ),
    "question": (
        r"\?|what|which|does|do|is|are|can|how|why|could|would|will",
        r"\?|как(?:ой|ая|ое|ие|ую)?\b|что\b|ли\b|сколько|можно|почему|чем\b|кто\b|есть\b",
        "[??]|吗|么|什么|怎么|多少|哪|几|是不是|能不能|呢|吧|大不大"
        r"|(?P<twice>[\u4e00-\u9fff])不(?P=twice)",
    ),
    "howto": (
        "how (?:do|can|to|should|would|does) ?(?:i|you|we|one|it)?|can't figure out"
        "|don't (?:know|understand) how",
        r"как (?:мне |его |ее |их |правильно |ею |им )?[а-я]+(?:ть|ться|ти|чь)\b"
        "|не могу (?:понять|разобрать)|не понимаю",
        "怎么|如何|不会用|咋",
    ),
    "promised": (
        "(?:in|on) the (?:picture|photo|website|listing)"
        r"|(?:picture|photo|description|listing)s?(?: \w+)? (?:shows?|says?|is|was|said)"
        "|advertised|described",
        "на (?:картинке|фото|сайте|фотографии)|в описании|заявлен|указано",
        "图片|图上|描述|页面|宣传|说的是|写的是",
    ),
    "noise": (
        r"nois(?:e|y)|loud|hum(?:s|ming)?|buzz\w*|squeak\w*",
        "шум|гуд[её]|гудит|скрип|пищит",
        "噪音|异响|吱|嗡",
    ),
    "part": (
        "gaskets?|seals?|filters?|lids?|straps?|bulbs?|blades?|handles?|chargers?|remotes?"
        "|adapters?|hinges?|wheels?|brush(?:es)?|nozzles?|cartridges?|cushions?"
        "|batter(?:y|ies)|cables?|screws?",
        "прокладк|уплотнит|фильтр|крышк|ремеш|лампочк|лезви|ручк|зарядк|пульт|петл|колес|щетк"
        "|насадк|картридж|батаре|аккумулятор|кабел|винт",
        "密封圈|滤芯|盖子|表带|灯泡|刀片|把手|充电器|遥控器|轮子|刷头|墨盒|电池|数据线|螺丝",
    ),
    "for_sale": (
        r"(?:need|buy|order|sell|get|want)(?: \w+){0,2} (?:new|another|extra|additional|separate\w*)"
        "|do you sell|can i (?:buy|order|get)",
        r"нуж\w+ нов|прода(?:[её]те|ются|ется)|купить (?:нов|еще|отдельн)|закажу нов",
        "有.{0,3}卖|卖吗|能买|可以买|单卖|买一个",
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
