"""Words that hurt people, and words of people who are hurt, in three languages.

What is said of goods, of service or of oneself is no abuse. Abuse is an insult, an order to vanish or
to suffer, or a threat.
"""

from shopbell.language.folding import pattern

INSULT = pattern(
    # English
    r"(?<![a-zа-я])(?:idiots?|idiotic (?:seller|people|shop)|morons?|imbeciles?|cretins?|retard(?:s|ed)?|dumb ?ass(?:es)?"
    r"|ass ?h[o0*]les?|arseholes?|bastards?(?! file)|b[i*]tch(?:es)?|cunts?|dickheads?|pricks?(?! my)|wankers?|twats?"
    r"|scum(?:bags?)?|douche\w*|mother ?f\w+|f[u*]ckers?|sons? of (?:a )?bitch|whores?|sluts?|losers?|subhuman\w*|vermin"
    r"|jerks?|dimwits?|half-?wits?|nitwits?|dunces?|dumb(?:o|fuck)s?|simpletons?|brainless|parasites?|degenerates?|lowlifes?"
    r"|(?:stupid|dumb|dirty|filthy|lazy|pathetic|worthless|fat|ugly|ignorant|fucking|f\*+ing|damn|bloody|greedy|lying) (?:\w+ )?"
    r"(?:cows?|pigs?|dogs?|rats?|people|persons?|sellers?|clowns?|woman|man|fools?|animals?|monkeys?|liars?|thie(?:f|ves)|creatures?|fucks?|shits?|crooks?)"
    r"|you (?:\w+ ){0,3}?(?:piece|pile|sack) of (?:shit|crap|trash|garbage)"
    r"|(?:you(?: people| guys| all)?(?:'re| are| r)|u r|ur)(?: all| just| really| so| such| nothing but| a| an| complete| total| bunch of)*"
    r" (?:stupid|dumb|trash|garbage|rubbish|pathetic|worthless|filth|sick in|insane|mental|clowns?|pigs?|animals?|fools?|rats?|monkeys?|dogs?|nobody|cancer|disgusting (?:people|person))"
    r"|waste of (?:oxygen|space|skin|air)|you(?:'re| are)? (?:\w+ ){0,3}?(?:freaks?|fools?|peasants?|psychos?|maniacs?|cowards?|pigs?|filth|bastards|illiterates?)"
    r"|(?:what|such) an? (?:\w+ )?(?:clown|fool|pig|joker|psycho|snake|rat)(?: you| of a)|(?:incompetent|illiterate|spineless|shameless|greedy|stupid|dumb) (?:fools?|peasants?|clowns?|monkeys?|swines?)|y(?:ou|e)r?r? (?:mum|mom|mother|mama) (?:is|was)"
    r"|(?:the )?scum of|swine|are you (?:\w+ )?(?:stupid|dumb|blind|deaf|insane|high|drunk|brain ?dead|mentally|sick in the head)|no brains?\b(?! er))(?![a-zа-я])"
    # Russian
    r"|(?<![а-яa-z])(?:идиот(?!изм)|дебил|кретин|имбецил|даун(?:ы|ов|ам)?(?![а-яa-z])|придур|полудур|дур(?:а|ак[аиуо]?\w{0,2}|ы|у|ой|ень|ища|ачье)(?![а-яa-z])"
    r"|тупиц|тупор|тупы(?:е|х) (?:лю|прод|твар|\w+ы(?![а-яa-z]))|тупо(?:й|го) (?:баран|осел|кусок|прод|иди|козел|скот|пень)|(?:тупая|жирная|старая|грязная) (?:коров|овц|свин|твар|баба|кур|ты)"
    r"|мраз(?:ь|и|еи|ей|от)|твар(?:ь|и|ей|еи|ина)|сволоч|подон(?!е)|урод(?:ы|ов|ина|ам)?(?![а-яa-z])|ублюд|гнид|скотин|скот(?:ы|ов)(?![а-яa-z])|козл(?:ы|ина|ам)(?![а-яa-z])(?! для)"
    r"|чмо(?![а-яa-z])|чмошн|лохи?(?![а-яa-z])|лошар|быдл|ничтожеств|нелюд|дегенерат|недоумк|недоумок|недоразвит|безмозгл|слабоумн|психопат|шалав|шлюх|проститут|гандон|гондон"
    r"|п[иеe]д[оаe]?р|мудак|мудил|мудозвон|долб[оаa]?[еe]б|еблан|уеб|хуесос|сук(?:и|ин\w*)(?![а-яa-z])|сука(?![а-яa-z])(?!,? (?:опять|снова|где|когда|почему|как|что|ну|за))|неудачник|клоун(?:ы|ов)(?![а-яa-z])|жалк(?:ий|ие|ая) (?:\w+ )?(?:неудач|людиш|ничт|твар)"
    r"|кусок (?:г[о0]вна|дерьма)|(?:вы|ты) (?:\w+ ){0,2}?(?:мусор|отбросы|г[о0]вно|баран\w?|козел|осел|свин\w+|овц\w|крыс\w|скот|животн\w+|ноль|никто)(?![а-яa-z])|больн(?:ой|ые|ая) на голову"
    r"|конч[еe]н(?:ый|ая|ые|ых)(?![а-яa-z])|отбит(?:ый|ые|ая) на|криворук|безрук(?:ие|ий|ая)|долбанут|ебанут|чокнут|(?:вы|ты)(?: \S+){0,4}? (?:тупы[ее]|тупой|тупая|больн(?:ой|ые)|слеп(?:ой|ые)|глух(?:ой|ие)|ненормальн\w+|отстал\w+|неадекват\w*|тормоз\w*|дно|отбит\w+)(?![а-яa-z]))"
    # Chinese
    r"|白痴|傻[逼比屌叉帽*×x]|傻b|煞笔|沙比|沙雕|傻子|蠢(?:货|猪|蛋|驴|材|狗|东西)|笨(?:蛋|猪|驴)|弱智|智障|脑残|废物(?!利用|袋|箱)|人渣|垃圾(?:人|卖家|客服|商家|老板|们)|畜生|牲口|王八|混蛋|混账|杂种"
    r"|狗(?:东西|娘养|日的|杂种|腿子|崽|眼|屁不通)|贱(?:人|货|逼)|婊|操(?:你|尼|他妈)|草泥马|草你|日你|艹|去你(?:妈|娘|大爷)|你妈(?:的|逼|死|b)|尼玛|(?<![a-zа-я])(?:cnm|nmsl|nmb|sb|dsb)(?![a-z0-9-])(?= ?[\u4e00-\u9fff!,。！，]|$)"
    r"|死(?:肥猪|胖子|猪|妈)|全家.{0,3}死|不要脸|没脑子|脑子(?:有病|进水|坏)|猪脑|猪狗不如|神经病|有病吧|变态|禽兽|败类|低能|二货|小丑(?!面具|服|鱼|玩偶)|臭(?:嘴|婊|不要脸)|懒鬼|死光|缺德鬼|没教养的|狗屎(?:店|卖家|客服)"
    r"|蠢得|(?:一帮|一群|全是|都是)(?:狗|猪|废|蠢|骗子狗)|没娘养|娘生没|你(?:妈|娘)(?!妈|的(?:订|手|地|名))|你个(?:孙子|龟|傻|蠢|死|老)|眼瞎|瞎了?眼|瞎吗|你.{0,5}(?:有毛病|有病|脑残|疯了|不是人|不是东西|算什么东西|瞎了|聋了)|操蛋"
)

ATTACK = pattern(
    # English
    r"(?<![a-zа-я])(?:stfu|gtfo|bite me|(?:you'll|you will|u will|gonna|make you) regret|i know where (?:you|your|u)|go (?:to hell|back to school|kill|die|fuck|f\*+|screw|jump)|f[\W_]?[u*v][\W_]?[c*][\W_]?k[\W_]? ?(?:you|off|u(?![a-zа-я])|ya|your|yourself|this shop)|f\*+k? (?:you|off)|fuck(?:ing)? (?:liars?|thie\w+|crooks?|scammers?|people|sellers?)|screw you|drop dead"
    r"|kill your|kys(?![a-zа-я])|shut (?:up|your)|piss off|get lost|kiss my|suck my|eat shit|burn in hell|rot in|(?:hope|wish)(?: (?:that|you|your|u|all|the|whole|family|shop|house|kids))* (?:dies?|burns?|rots?|suffers?|get cancer|crash|choke|go bankrupt and die)"
    r"|i(?:'ll| will|'m going to|m gonna| am going to|'m gonna)(?: \w+){0,2}? (?:kill|beat you|beat u|hurt you|break your|smash your|find you|punch|hunt you|come for you|slap)|break your (?:legs|neck|face|arms))(?![a-zа-я])"
    # Russian
    r"|(?<![а-яa-z])(?:пош[её]?л(?:и|а)? (?:ты|вы|вон|на ?х|нах|в ж|в зад|к ч[её]рт|к хер|отсюда|лесом)|ид(?:и|ите) (?:ты |вы |вы все )?(?:на ?х|нах|в ж|в зад|в баню|в пень|к ч[её]рт|лесом|отсюда|уб[её]й|сдох)"
    r"|вали(?:те)? (?:отсюда|нах|в )|катись|катитесь|отвали(?:те)?(?![а-яa-z])|отвянь|заткни|закрой(?:те)? (?:свой |свои )?(?:рот|пасть|хлебало|ебало)|убейся|убейтесь|сдохни|подохни|чтоб(?:ы)? (?:у )?(?:вы|ты|вас|тебя|вам|тебе|ваш\w*|твой|твоя)(?: \S+){0,3} (?:сдох|подох|сгор|умер|провал|лопн|разор|отсох|отвал|пусто|икал|гореть)\w*|рот закрой|знаю,? где (?:ваш|тво|вы|ты)|(?:еще|вы|ты) пожале(?:ешь|ете)|пожале(?:ешь|ете)(?![а-яa-z])|чтоб (?:вы|ты) сдох"
    r"|поцелуй\w* .{0,12}(?:зад|жоп)|отъебись|съеби|отъеб|убью|прибью|придушу|(?:морд|рож|лицо|ног|рук|зуб|ше)\w{1,2} (?:\w+ )?(?:наб|разоб|разб|перелом|слом|выб)|(?:наб|разоб|перелом|слом|выб)\w+ (?:\w+ ){0,2}(?:морд|рож|лицо|ноги|руки|шею|зубы)|(?:вы|ты)(?: \S+){0,2} (?:оху|охер|еба|заеба|долба))"
    # Chinese
    r"|去死(?!皮|角)|(?<![翻打摇滚])滚(?:开|蛋|出去|犊子|吧|远点|$|[,，!！。 ])|(?<![翻打摇滚])滚(?![筒轮珠动针烫开水边床刷刀梯石圆落子球头滚轴柱压花])|吃屎|祝你.{0,6}死|早死|你等着|等着瞧|闭(?:嘴|上你)|弄死|打断你|(?:揍|打死|砍死?|杀了?|捅)你|找人.{0,4}(?:打你|弄你)|一起烧|烧光|下地狱|断子绝孙|不得好死|出门被车"
)

ONESELF_BEFORE = pattern(
    r"(?:(?<![a-zа-я])(?:i|we)(?:'m|'ve| am| was| were| felt| feel| look| have| been| must| be| not|n't| an?| such| so| like| the| bit| of| really| just|'re| are)*"
    r"|(?:call(?:ed|s|ing)?|treat\w*|makes?|take|think) (?:me|us)(?: (?:an?|for|as|like|is|some|such))*"
    r"|(?<![а-яa-z])(?:я|мы)(?: (?:же|не|такой|такая|какой|просто|тоже|был|была|как|и|как последний|последний|полный|вам|вам не|сам|сама|чувствую себя))*"
    r"|(?:назв|обозв|обзыва|счита|держ|принима)\w* (?:меня|нас)(?: за| как)?|(?:меня|нас) (?:назв|обозв|обзыва|счита)\w*|себя(?: \S+)?"
    r"|我(?:们)?(?:真是|真的|就是|不是|又不是|太|好|是|像|真|居然|竟然)*(?:个|一个)?|骂我(?:是|们)?|说我(?:是)?|把我当)[ ]?$"
)
ONESELF_AFTER = pattern(r"(?: же)? я(?![а-яa-z])| that i am| of me| me(?![a-zа-я])")
DENIED_BEFORE = pattern(r"(?:(?<![a-zа-я])(?:not|n't|isn't|aren't)(?: an?| the| such| saying| calling)*|(?<![а-яa-z])не|不是|并非)[ ]?$")

UPSET = pattern(
    r"(?<![a-zа-я])(?:terribl\w*|horribl\w*|awful\w*|disgust\w*|disappoint\w*|unacceptabl\w*|ridiculous\w*|angry|furious|outrag\w*|frustrat\w*|annoy\w*|upset|fed up|sick (?:of|and tired)|tired of|enough"
    r"|worst|never (?:again|buy|order)|waste of|rip-?(?:ped )?off|scam\w*|fraud\w*|cheat\w*|lied|lies|lying|liars?|thie(?:f|ves)|(?:kind of |a |bad )joke|nightmare|disgrace\w*|sham(?:e|eful)|pathetic|useless|junk|crap\w*|shit\w*|bullshit|damn\w*"
    r"|(?:the|what) hell|wtf|bloody|sucks?|fuck\w*|nobody (?:answers|replies|cares|responds|helps)|no ?one (?:answers|replies|cares|responds|helps)|ignor(?:e|ed|ing)|how long (?:must|do i have|should)|(?:third|fourth|fifth|tenth|\d+th) time|still waiting|report you"
    r"|refund (?:me )?now|demand|are you (?:serious|kidding)|excuses|answer me|i hate|a mess|poor (?:quality|service)|unbelievable|appalling|dreadful|incompeten\w*|unprofessional|lousy|rubbish|garbage|trash quality|hate|stupid|dumb|killing me|mess|nobody cares|idiotic|damned)(?![a-zа-я])"
    r"|(?<![а-яa-z])(?:ужас|кошмар|отврат|разочаров|возмут|возмущ|позор|безобраз|недопустим|издева|обман|мошен|развод|кидал|воры|ворь|жалоб\w* на|жаловат|пожалу(?:юсь|емся)|претензи|бесполезн|надоел|достали(?![а-яa-z])|сколько (?:можно(?:$|[ !?]+(?:уже|еще|ждать|это)|[!?]+$)|еще|ждать)"
    r"|ч[её]рт|блин(?![а-яa-z])|бля|хрен|херн|фигн|г[о0]вн|дерьм|отстой|хлам|зря потра|выброшен|выкинут|худш|никогда больше|больше никогда|больше не (?:куплю|закажу|буду)|никто не (?:отвеча|реаг|помог)|игнорир|(?:третий|четвертый|пятый|десятый|сотый) раз|наконец-?то ответ|терпен"
    r"|вы (?:что|серьезно|издев)|это (?:что|шутка)|смешно|бред|(?:я|очень) зл(?:ой|ая|а)|бесит|злит|нервы|воня|жуть|мерзк|стыдн|наглост|немедленно|сейчас же|ответьте уже|ненавиж|п[иe]зд|хуйн|хуев|нахуя|какого (?:х|ч)|твою мать|халтур|хам(?:ств|ят|ит|ло)|плохое обслуж|никакого сервиса|ворюг|жулик|обнагл|оборзел|совесть|паршив|убог|уродлив|мусор(?!н)|плева|дурацк|туп(?:ая|ое|ой|ые) |убивает|сука(?![а-яa-z])|достал[ио]? )"
    r"|失望|生气|气死|气人|愤怒|差劲|(?:太|很|真|非常)差|差评|烂|垃圾(?!袋|桶|箱|车|篓|处理)|坑(?:人|爹|钱|我)|被骗|骗(?:人|子|钱|我)|忽悠|投诉|举报|离谱|过分|恶心|无语|受够|够了|没人(?:理|回|管)|不理|到底|搞什么|什么鬼|破(?:东西|玩意|烂)|屎|最差|再也不|白花|开什么玩笑|不能接受|无法接受|噩梦|糟(?:糕|透)|臭死"
    r"|后悔|上当|还要等|认真的吗|他妈|妈的|tmd|烦死|火大|郁闷|崩溃|没用也|也没用|敷衍|推脱|借口|气炸|黑心|无良|缺德|丢人|可恶|讨厌|黑店|不在乎|骗了|破(?:灯|手机|开关|机器|店|鞋|质量|车)|等死|傻|急死|服了|气愤|心寒|坑了"
)
LOUD = pattern(r"!!|\?!|!\?|\?\?|！！|？！|？？|!{2,}")

POLITE = pattern(
    r"(?<![a-zа-я])(?:please|pls|plz|thanks?|thank you|thx|ty|appreciat\w*|grateful|kindly|sorry|pardon|excuse me|may i|would you|could (?:you|i)|no worries|nice day|good day|best regards|kind regards|cheers|much obliged)(?![a-zа-я])"
    r"|(?<![а-яa-z])(?:пожалуйст|пожалст|плиз|спасибо|спс(?![а-яa-z])|пасиб|благодар|будьте (?:добры|любезны)|буду (?:признател|благодар|рад)|извините|простите|прошу прощения|прошу вас|хорошего (?:дня|вечера)|всего доброго|могли бы|не подскажете|подскажите|можно уточнить|с уважением|если не трудно|если можно)"
    r"|请|谢|感谢|麻烦|劳驾|辛苦|不好意思|抱歉|打扰|您好|您的|祝.{0,3}(?:愉快|好|顺)|拜托|烦请|有劳|多谢"
)
FOREIGN_TO_ABUSE = pattern(
    r"傻瓜(?:相机|式)|傻问题|(?:stupid|dumb|silly) (?:question|mistake|me)|dumb ?bells?|глуп\w+ вопрос|туп(?:ой|ая|ое|ые) (?:вопрос|нож|угол|лезви|ножниц)|夹死|笨重|小丑(?:面具|服|鱼)|bastard file|idiot[- ]?proof|for dummies"
)
