"""What the heights tab says. Keys `heights.play.*` go to the component, whose script picks the language."""

TEXT = {
    "heights.tab": ("Heights", "키의 분포"),
    "heights.intro": (
        "How does one **make** a person's height? The smallest, the largest and the spread are not enough: "
        "what one needs is a distribution $p(x)$. Every generative model of this lab does the same three "
        "things: ① it sets $p(x)$ from data, ② it draws from it, ③ it is scored on data that it has not "
        "seen. Choose a model below and let it make a crowd.",
        "키를 **만들어 내려면** 무엇이 필요할까요? 최솟값과 최댓값, 퍼진 정도만으로는 부족합니다. 필요한 "
        "것은 분포 $p(x)$입니다. 이 실험실의 모든 생성 모델은 같은 세 가지 일을 합니다. ① 데이터로 "
        "$p(x)$를 정하고, ② $p(x)$에서 뽑고, ③ 처음 보는 데이터로 채점합니다. 아래에서 모델을 고르고 "
        "사람들을 만들어 보세요.",
    ),
    "heights.hint": (
        "**How the score is measured.** The data are put into an order that the seed decides. The last 30 "
        "% are *new*: no model is fitted to them. A model is fitted to the first $n$ of the others. The "
        "score is the mean of $\\log p(x)$ over the new ones, in nats, with its standard error; higher is "
        "better. Two models are compared on the same new ones, one by one, so that the error of the "
        "*difference* is much smaller than that of either score. The vote is answered by ten folds over "
        "all data of the choice: each tenth is scored by models fitted to the other nine.",
        "**점수를 재는 방법.** 데이터의 순서를 시드로 섞은 뒤, 마지막 30 %는 *새 데이터*로 남겨 어떤 "
        "모델도 보지 못하게 합니다. 모델은 나머지 가운데 앞의 $n$개로 정합니다. 점수는 새 데이터에서 "
        "$\\log p(x)$의 평균(nats)이고, 표준 오차를 함께 적습니다. 높을수록 좋습니다. 두 모델은 같은 새 "
        "데이터에서 하나씩 짝지어 비교하므로, *차이*의 오차는 각 점수의 오차보다 훨씬 작습니다. 투표의 "
        "답은 전체 데이터를 열 묶음으로 나누어, 나머지 아홉 묶음으로 정한 모델로 한 묶음씩 채점한 것입니다.",
    ),
    "heights.code": (
        "The page computes this in your browser (`space/browser/densities.js`). Here is the same in "
        "Python: on the heights of the women, or of the men, of `space/browser/people/ansur2.csv`, "
        "`score_models` gives the scores above to four digits, with $n$ at its greatest, bins that begin "
        "at 0 and nothing kept.",
        "이 페이지의 계산은 브라우저에서 이루어집니다(`space/browser/densities.js`). 아래는 같은 계산을 "
        "Python으로 쓴 것입니다. `space/browser/people/ansur2.csv`에서 여성이나 남성의 키를 넣으면 "
        "`score_models`의 점수가 위의 점수와 소수점 아래 넷째 자리까지 같습니다. $n$은 최대, 구간의 "
        "시작점은 0이고 남겨 두는 확률은 없을 때입니다.",
    ),
    # data
    "heights.play.data": ("Data", "데이터"),
    "heights.play.ansur2": ("ANSUR II", "ANSUR II"),
    "heights.play.galton": ("Galton, 1886", "골턴(1886)"),
    "heights.play.korea": ("Korean twenties", "한국 20대"),
    "heights.play.cups": ("Cups", "컵"),
    "heights.play.own": ("Your numbers", "내 숫자"),
    "heights.play.ansur2.source": (
        "ANSUR II: 6,068 people of the US Army, measured in 2012, height in cm; sex as the survey recorded "
        "it. Soldiers, not a sample of a population. Public, a work of the US federal government.",
        "ANSUR II: 2012년 미국 육군 6,068명의 키(cm). 성별은 조사에 기록된 값입니다. 군인이므로 전체 "
        "인구의 표본은 아닙니다. 미국 연방 정부의 저작물로 공개된 자료입니다.",
    ),
    "heights.play.galton.source": (
        "934 grown children of 205 families, measured by Francis Galton in 1884–86 in inches, shown in cm. "
        "Two of three are whole inches (2.54 cm). Narrow bins and kernels find the ruler's marks: a score "
        "that rises there says something of the rounding, nothing of people. Public domain.",
        "프랜시스 골턴이 1884–86년에 잰 205가족의 성인 자녀 934명. 인치로 잰 값을 cm로 바꾸었습니다. 셋 중 "
        "둘은 1인치(2.54 cm) 단위의 값이어서, 좁은 막대나 커널은 자의 눈금을 찾아냅니다. 그때 오르는 "
        "점수는 사람이 아니라 반올림에 대한 것입니다. 저작권이 소멸된 자료입니다.",
    ),
    "heights.play.korea.source": (
        "Simulated: 600 women and 842 men drawn from normals with the means and spreads of a survey of "
        "2010 (ages 20–29; 160.27 ± 5.16 and 173.57 ± 5.47 cm). The measurements themselves are not here. "
        "Source of the statistics: Korean Agency for Technology and Standards, 6th anthropometric survey.",
        "통계로 만든 자료: 2010년 조사(20–29세)의 평균과 표준편차(여성 160.27 ± 5.16, 남성 173.57 ± 5.47 "
        "cm)를 갖는 정규분포에서 여성 600명, 남성 842명을 뽑았습니다. 실제로 잰 값은 아닙니다. 통계의 "
        "출처: 국가기술표준원, 제6차 한국인 인체치수조사.",
    ),
    "heights.play.cups.source": (
        "Cups of two kinds, in mm. The numbers are those of ANSUR II; only the words differ, for a class "
        "that would rather not talk about bodies.",
        "두 종류의 컵의 높이(mm). 숫자는 ANSUR II와 같고 말만 바꾸었습니다. 몸에 대한 이야기를 피하고 싶은 "
        "수업을 위한 것입니다.",
    ),
    "heights.play.own.source": (
        "Your numbers stay in this page: they are neither sent nor put into the link.",
        "입력한 숫자는 이 페이지를 떠나지 않습니다. 서버로 보내지 않고, 링크에도 담지 않습니다.",
    ),
    "heights.play.who": ("Who", "누구"),
    "heights.play.people.F": ("Women", "여성"),
    "heights.play.people.M": ("Men", "남성"),
    "heights.play.people.both": ("Both", "함께"),
    "heights.play.cups.F": ("Kind A", "A 종류"),
    "heights.play.cups.M": ("Kind B", "B 종류"),
    "heights.play.cups.both": ("Both", "함께"),
    "heights.play.people.one": ("person", "사람 한 명"),
    "heights.play.people.many": ("people", "사람"),
    "heights.play.people.count": ("{n}", "{n}명"),
    "heights.play.cups.one": ("cup", "컵 한 개"),
    "heights.play.cups.many": ("cups", "컵"),
    "heights.play.cups.count": ("{n}", "{n}개"),
    "heights.play.numbers.one": ("number", "값 한 개"),
    "heights.play.numbers.many": ("numbers", "값"),
    "heights.play.numbers.count": ("{n}", "{n}개"),
    "heights.play.n": ("n, {many} that the model sees", "모델이 보는 {many}의 수 n"),
    # the numbers of the visitor
    "heights.play.own.label": (
        "Type or paste numbers, such as your class's foot lengths or guesses of a height",
        "숫자를 입력하거나 붙여 넣으세요. 예를 들어 우리 반의 발 길이나 키를 어림한 값",
    ),
    "heights.play.own.use": ("Use these numbers", "이 숫자 쓰기"),
    "heights.play.own.used": ("{n} numbers are used.", "숫자 {n}개를 씁니다."),
    "heights.play.own.few": (
        "At least 4 numbers are needed: three to fit a model, one to score it.",
        "숫자가 4개 이상 필요합니다. 모델을 정하는 데 3개, 채점하는 데 1개입니다.",
    ),
    "heights.play.own.many": (
        "At most 5,000 numbers, please: everything is computed in this page.",
        "숫자는 5,000개까지 쓸 수 있습니다. 모든 계산을 이 페이지에서 하기 때문입니다.",
    ),
    "heights.play.own.equal": (
        "All numbers are equal: there is no spread to fit a model to.",
        "모든 숫자가 같습니다. 퍼진 정도가 없으면 모델을 정할 수 없습니다.",
    ),
    "heights.play.own.text": (
        "“{at}” is not a number. Separate numbers by spaces, commas or line breaks.",
        "“{at}”은(는) 숫자가 아닙니다. 숫자는 빈칸, 쉼표, 줄바꿈으로 구분하세요.",
    ),
    "heights.play.own.unit.m": ("These look like heights in metres.", "미터로 적은 키로 보입니다."),
    "heights.play.own.unit.ft": ("These look like heights in feet.", "피트로 적은 키로 보입니다."),
    "heights.play.own.unit.in": ("These look like heights in inches.", "인치로 적은 키로 보입니다."),
    "heights.play.own.unit.mm": ("These look like heights in millimetres.", "밀리미터로 적은 키로 보입니다."),
    "heights.play.own.convert": ("Convert to centimetres", "센티미터로 바꾸기"),
    # 1: the model
    "heights.play.set": ("① Set p(x) from data", "① 데이터로 p(x) 정하기"),
    "heights.play.models": ("Model", "모델"),
    "heights.play.uniform": ("Range only", "범위만"),
    "heights.play.normal": ("Mean and spread", "평균과 퍼진 정도"),
    "heights.play.histogram": ("Histogram", "히스토그램"),
    "heights.play.kernels": ("Kernels", "커널 밀도"),
    "heights.play.mixture": ("Two normals", "정규분포 두 개"),
    "heights.play.drawn": ("Draw it", "직접 그리기"),
    "heights.play.uniform.what": (
        "Uniform: every height between the smallest and the largest is equally likely, no other is possible.",
        "균등분포: 최솟값과 최댓값 사이는 확률이 모두 같고, 그 밖은 불가능합니다.",
    ),
    "heights.play.normal.what": (
        "Normal: the mean says where, the standard deviation how far spread. Two numbers, whatever n is.",
        "정규분포: 평균은 위치를, 표준편차는 퍼진 정도를 말합니다. n이 얼마든 숫자 두 개뿐입니다.",
    ),
    "heights.play.histogram.what": (
        "Histogram: counts in bins. Narrow bins learn the sample by heart, wide ones blur it.",
        "히스토그램: 구간마다 셉니다. 구간이 좁으면 표본을 외우고, 넓으면 뭉갭니다.",
    ),
    "heights.play.kernels.what": (
        "Kernel density: a small normal on every value seen. The bandwidth is its width.",
        "커널 밀도 추정: 본 값마다 작은 정규분포를 하나씩 얹습니다. 대역폭은 그 너비입니다.",
    ),
    "heights.play.mixture.what": (
        "Mixture of two normals, fitted by maximum likelihood. Nobody tells it who belongs to which.",
        "두 정규분포의 혼합을 최대 가능도로 맞춥니다. 누가 어느 쪽인지는 알려 주지 않습니다.",
    ),
    "heights.play.drawn.what": (
        "Draw a curve with finger or mouse. It is scaled to the area 1, and scored like the others.",
        "손가락이나 마우스로 곡선을 그리세요. 넓이가 1이 되게 맞춘 뒤 다른 모델과 똑같이 채점합니다.",
    ),
    "heights.play.width": ("Bin width", "구간 너비"),
    "heights.play.origin": ("Where bins begin", "구간의 시작점"),
    "heights.play.bandwidth": ("Bandwidth", "대역폭"),
    "heights.play.curve": (
        "Score on new {many} along the slider; the best is at {best}",
        "슬라이더 값에 따른 새 {many}에서의 점수. 가장 좋은 값은 {best}",
    ),
    "heights.play.reserve": ("Keep 1 % for anything on the axis", "1 %는 축 위 어디에나 남겨 두기"),
    "heights.play.draw_here": ("Draw a curve here", "여기에 곡선을 그리세요"),
    "heights.play.clear": ("Clear", "지우기"),
    # the picture
    "heights.play.line": (
        "The data as dots above a line, the model's density as a curve, and what it made as dots below the "
        "line",
        "선 위의 점은 데이터, 곡선은 모델의 밀도, 선 아래의 점은 모델이 만든 것",
    ),
    "heights.play.paper": (
        "Paper for your curve: draw with mouse or finger. With the keyboard: left and right move along the "
        "line, up and down raise and lower the curve there",
        "곡선을 그리는 종이: 마우스나 손가락으로 그리세요. 키보드에서는 좌우 방향 키로 옮기고 위아래 방향 "
        "키로 그 자리의 곡선을 올리고 내립니다",
    ),
    "heights.play.seen": ("{n} {many} seen", "모델이 본 {many} {n}"),
    "heights.play.seen_some": (
        "{n} {many} seen ({shown} as dots)",
        "모델이 본 {many} {n}(점은 {shown})",
    ),
    "heights.play.new": ("{n} new {many}", "새 {many} {n}"),
    "heights.play.model": ("model", "모델"),
    "heights.play.truth": ("truth", "참 분포"),
    "heights.play.made": ("{many} made", "만들어진 {many}"),
    # 2: drawing
    "heights.play.draw": ("② Draw from it", "② p(x)에서 뽑기"),
    "heights.play.make": ("Make {n} {many}", "{many} {n} 만들기"),
    # 3: the score
    "heights.play.score": ("③ Score it on new data", "③ 새 데이터로 채점하기"),
    "heights.play.unit": ("nats per new {one}", "nats, 새 {one}당"),
    "heights.play.impossible": (
        "{some} of {all} new {many} lie where this model has density 0. It calls impossible what happened: "
        "the logarithm of 0 is −∞, and no number of good guesses makes up for it.",
        "새 {many} {all} 가운데 {some}이(가) 이 모델의 밀도가 0인 곳에 있습니다. 실제로 일어난 일을 "
        "불가능하다고 한 것입니다. log 0은 −∞이므로, 나머지를 아무리 잘 맞혀도 되돌릴 수 없습니다.",
    ),
    "heights.play.why": ("Why?", "왜?"),
    "heights.play.no_curve": ("Draw a curve first.", "먼저 곡선을 그리세요."),
    "heights.play.no_spread": (
        "All that the model sees are equal: let it see more.",
        "모델이 보는 값이 모두 같습니다. n을 늘리세요.",
    ),
    "heights.play.ranking": ("All models on the same new {many}", "같은 새 {many}에서 모든 모델"),
    "heights.play.column.model": ("Model", "모델"),
    "heights.play.column.score": ("Nats", "nats"),
    "heights.play.column.gain": ("Against one normal", "정규분포 하나와의 차이"),
    "heights.play.said": ("{model}: {score} {unit}.", "{model}: {score} {unit}."),
    # the vote
    "heights.play.vote": (
        "Both kinds together: does the curve have one hump or two? Vote, then let the meter answer.",
        "둘을 함께 놓으면 봉우리가 하나일까요, 둘일까요? 먼저 투표하고, 점수에게 물어봅시다.",
    ),
    "heights.play.one_hump": ("One hump", "하나"),
    "heights.play.two_humps": ("Two humps", "둘"),
    "heights.play.vote.better": (
        "Two normals predict a left-out {one} better than one normal by {gain} ± {error} nats ({times} "
        "standard errors, ten folds).",
        "빼놓은 {one}에 대한 점수는 정규분포 두 개가 하나보다 {gain} ± {error} nats 높습니다(표준 오차의 "
        "{times}배, 열 묶음 교차 검증).",
    ),
    "heights.play.vote.unclear": (
        "Two normals against one: {gain} ± {error} nats per left-out {one} (ten folds). These data cannot "
        "tell which predicts better.",
        "정규분포 두 개와 하나의 점수 차이는 빼놓은 {one}당 {gain} ± {error} nats입니다(열 묶음 교차 "
        "검증). 이 데이터로는 어느 쪽이 더 잘 예측하는지 알 수 없습니다.",
    ),
    "heights.play.vote.worse": (
        "Two normals predict a left-out {one} worse than one normal, by {gain} ± {error} nats (ten folds).",
        "빼놓은 {one}에 대한 점수는 정규분포 두 개가 하나보다 {gain} ± {error} nats 낮습니다(열 묶음 교차 "
        "검증).",
    ),
    "heights.play.vote.one_top": (
        "Their curve has one hump: around {a} and {b} the two overlap so much that no valley lies between.",
        "두 정규분포를 더한 곡선의 봉우리는 하나입니다. 중심이 {a}와 {b}인 두 분포가 많이 겹쳐서 사이에 "
        "골이 생기지 않습니다.",
    ),
    "heights.play.vote.two_tops": (
        "Their curve has two humps, near {a} and {b}; the valley lies {depth} % below the lower one.",
        "두 정규분포를 더한 곡선의 봉우리는 {a}, {b} 근처에 둘이고, 사이의 골은 낮은 봉우리보다 {depth} % "
        "낮습니다.",
    ),
    "heights.play.failed": (
        "The data did not arrive. Open the page again when you are connected.",
        "데이터를 받지 못했습니다. 연결을 확인하고 페이지를 다시 여세요.",
    ),
}
