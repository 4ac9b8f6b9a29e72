"""What the classify tab says. Keys `classify.play.*` go to the component, whose script picks the language."""

TEXT = {
    "classify.tab": ("Two ways to tell apart", "가르기와 만들기"),
    "classify.intro": (
        "The same people, now with the label that the survey recorded. A **discriminative** model fits "
        "$P(Y\\,|\\,X)$: where the boundary lies, and nothing else. A **generative** model fits $P(X\\,|\\,"
        "Y)$, what each kind is like, and $P(Y)$; Bayes makes the rest of it:\n\n$$P(Y\\,|\\,"
        "X)=\\frac{P(X\\,|\\,Y)\\,P(Y)}{P(X)}$$\n\nDrag the person and the question mark, and see what each "
        "way can answer.",
        "같은 사람들에게 이번에는 조사에 기록된 라벨이 붙어 있습니다. **판별 모델**은 $P(Y\\,|\\,X)$, 곧 "
        "경계가 어디인지만 맞춥니다. **생성 모델**은 각 무리가 어떻게 생겼는지 $P(X\\,|\\,Y)$와 $P(Y)$를 "
        "맞추고, 나머지는 베이즈 정리로 얻습니다.\n\n$$P(Y\\,|\\,X)=\\frac{P(X\\,|\\,Y)\\,P(Y)}{P(X)}$$\n\n"
        "사람과 물음표를 드래그하면서 두 방법이 각각 무엇에 답할 수 있는지 보세요.",
    ),
    "classify.hint": (
        "**A GAN is not a discriminative model because it has a discriminator.** The discriminator $D$ is "
        "one: it tells real from made, $P(Y\\,|\\,X)$. But it is only the opponent from whom the generator "
        "learns. What the GAN is for, and what stays of it, is a way to draw $x$: the GAN is a generative "
        "model with a discriminative one inside. Nor does a generative model need a probability for $x$ "
        "that one can write down, nor a discriminative one a probability at all: support vector machines "
        "and trees draw boundaries, too.\n\n**How it is measured.** The seed decides an order of all "
        "people; the last 30 % are *new*, and both ways are fitted to the first $n$ of the others. *Wrong* "
        "is the share of the new ones on the wrong side, ± its standard error. The boundary is read at the "
        "mean of the second measurement. A label is what a survey recorded; that two groups differ on "
        "average says little of a person: about one in six is on the other side of the best line.",
        "**GAN에 판별자가 있다고 해서 GAN이 판별 모델인 것은 아닙니다.** 판별자 $D$는 진짜와 만들어진 것을 "
        "가르는 $P(Y\\,|\\,X)$이므로 그 자체로는 판별 모델입니다. 그러나 $D$는 생성자가 배우기 위한 상대일 "
        "뿐입니다. GAN의 목적이자 학습 뒤에 남는 것은 $x$를 뽑는 방법이므로, GAN은 안에 판별 모델을 둔 "
        "생성 모델입니다. 또 생성 모델이라고 해서 $x$의 확률을 식으로 적을 수 있어야 하는 것은 아니며, "
        "판별 모델이라고 해서 확률이 있어야 하는 것도 아닙니다. 서포트 벡터 머신과 결정 트리도 경계를 "
        "긋습니다.\n\n**재는 방법.** 전체의 순서를 시드로 섞어 마지막 30 %는 *새 데이터*로 남기고, 두 방법 "
        "모두 나머지 가운데 앞의 $n$개로 맞춥니다. *오답*은 새 데이터 가운데 경계의 반대편에 있는 비율과 "
        "그 표준 오차입니다. 경계는 둘째 값이 평균일 때의 위치로 읽습니다. 라벨은 조사에 기록된 값입니다. "
        "두 무리의 평균이 다르다는 사실은 한 사람에 대해서는 거의 말해 주지 않습니다. 가장 좋은 경계를 "
        "그어도 여섯에 하나쯤은 반대편에 있습니다.",
    ),
    "classify.code": (
        "The page computes this in your browser (`space/browser/classes.js`, `redraws.js`). Here is the "
        "same in Python: `fit_logistic` and `fit_normals` give the coefficients of the page, `redraw` its "
        "errors in the race above, sample by sample.",
        "이 페이지의 계산은 브라우저에서 이루어집니다(`space/browser/classes.js`, `redraws.js`). 아래는 "
        "같은 계산을 Python으로 쓴 것입니다. `fit_logistic`과 `fit_normals`는 이 페이지의 계수와 같은 "
        "값을, `redraw`는 위의 경주에서 표본마다 같은 오답률을 냅니다.",
    ),
    # data
    "classify.play.data": ("Data", "데이터"),
    "classify.play.ansur2": ("ANSUR II", "ANSUR II"),
    "classify.play.galton": ("Galton, 1886", "골턴(1886)"),
    "classify.play.korea": ("Korean twenties", "한국 20대"),
    "classify.play.cups": ("Cups", "컵"),
    "classify.play.ansur2.source": (
        "ANSUR II: height (cm) and weight (kg) of 6,068 people of the US Army, 2012; sex as the survey "
        "recorded it. Soldiers, not a sample of a population. Public, a work of the US federal government.",
        "ANSUR II: 2012년 미국 육군 6,068명의 키(cm)와 몸무게(kg). 성별은 조사에 기록된 값입니다. "
        "군인이므로 전체 인구의 표본은 아닙니다. 미국 연방 정부의 저작물로 공개된 자료입니다.",
    ),
    "classify.play.galton.source": (
        "934 grown children of 205 families, measured by Francis Galton in 1884–86 in inches, shown in cm. "
        "Many are whole inches: equal values are no obstacle to either way. Public domain.",
        "프랜시스 골턴이 1884–86년에 잰 205가족의 성인 자녀 934명. 인치로 잰 값을 cm로 바꾸었습니다. 1인치 "
        "단위의 같은 값이 많지만 두 방법 모두 문제없이 맞춥니다. 저작권이 소멸된 자료입니다.",
    ),
    "classify.play.korea.source": (
        "Simulated: height (cm) and length of the foot (mm) of 600 women and 842 men, drawn from normals "
        "with the means, spreads and correlations of a survey of 2010 (ages 20–29). The measurements "
        "themselves are not here; and since normals made these data, they suit the generative way. Source "
        "of the statistics: Korean Agency for Technology and Standards, 6th anthropometric survey.",
        "통계로 만든 자료: 2010년 조사(20–29세)의 평균, 표준편차, 상관계수를 갖는 정규분포에서 여성 600명, "
        "남성 842명의 키(cm)와 발 길이(mm)를 뽑았습니다. 실제로 잰 값은 아니며, 정규분포로 만들었으므로 "
        "생성 모델에 유리합니다. 통계의 출처: 국가기술표준원, 제6차 한국인 인체치수조사.",
    ),
    "classify.play.cups.source": (
        "Cups of two kinds: height in mm, weight in g. The numbers are those of ANSUR II; only the words "
        "differ, for a class that would rather not talk about bodies.",
        "두 종류의 컵: 높이(mm)와 무게(g). 숫자는 ANSUR II와 같고 말만 바꾸었습니다. 몸에 대한 이야기를 "
        "피하고 싶은 수업을 위한 것입니다.",
    ),
    "classify.play.features": ("Measurements", "잰 것"),
    "classify.play.one": ("{first}", "{first}"),
    "classify.play.two": ("{first} and {second}", "{first}와 {second}"),
    "classify.play.foot": ("Length of the foot", "발 길이"),
    "classify.play.people.first": ("Height", "키"),
    "classify.play.people.second": ("Weight", "몸무게"),
    "classify.play.people.zero": ("F", "여"),
    "classify.play.people.one": ("M", "남"),
    "classify.play.people.zero_word": ("a woman", "여성"),
    "classify.play.people.one_word": ("a man", "남성"),
    "classify.play.people.counted_zero": ("{n} women (F)", "여성 {n}명"),
    "classify.play.people.counted_one": ("{n} men (M)", "남성 {n}명"),
    "classify.play.people.made": ("people drawn", "뽑은 사람"),
    "classify.play.people.n": ("n, people that both ways see", "두 방법이 보는 사람의 수 n"),
    "classify.play.people.make": ("Draw a person", "사람 하나 뽑기"),
    "classify.play.people.far": ("Drag one person far away", "한 사람을 멀리 끌기"),
    "classify.play.people.home": ("Put the person back", "제자리로"),
    "classify.play.people.others": ("Other people", "다른 사람들"),
    "classify.play.people.nowhere": ("Ask where nobody is", "아무도 없는 곳에 묻기"),
    "classify.play.people.never": (
        "p(x) is smaller here than at each of the {n} people seen: nobody like this was ever seen. Only "
        "the generative way can tell.",
        "이곳의 p(x)는 지금까지 본 {n}명 모두의 자리에서보다 작습니다. 본 적 없는 값이라는 뜻이며, 이것은 "
        "생성 모델만 알 수 있습니다.",
    ),
    "classify.play.people.rarer": (
        "Of the {n} people seen, {k} stand where p(x) is smaller still.",
        "본 사람 {n}명 가운데 {k}명은 p(x)가 이보다 작은 자리에 있습니다.",
    ),
    "classify.play.people.person": (
        "One of the people seen: {sizes}. Drag, or arrow keys",
        "본 사람 가운데 한 명: {sizes}. 드래그하거나 방향 키로 옮깁니다",
    ),
    "classify.play.people.point": (
        "The point asked about: {sizes}. Drag, or arrow keys",
        "묻는 점: {sizes}. 드래그하거나 방향 키로 옮깁니다",
    ),
    "classify.play.cups.first": ("Height", "높이"),
    "classify.play.cups.second": ("Weight", "무게"),
    "classify.play.cups.zero": ("A", "A"),
    "classify.play.cups.one": ("B", "B"),
    "classify.play.cups.zero_word": ("a cup of kind A", "A 종류의 컵"),
    "classify.play.cups.one_word": ("a cup of kind B", "B 종류의 컵"),
    "classify.play.cups.counted_zero": ("{n} cups of kind A", "A 종류 {n}개"),
    "classify.play.cups.counted_one": ("{n} cups of kind B", "B 종류 {n}개"),
    "classify.play.cups.made": ("cups drawn", "뽑은 컵"),
    "classify.play.cups.n": ("n, cups that both ways see", "두 방법이 보는 컵의 수 n"),
    "classify.play.cups.make": ("Draw a cup", "컵 하나 뽑기"),
    "classify.play.cups.far": ("Drag one cup far away", "컵 하나를 멀리 끌기"),
    "classify.play.cups.home": ("Put the cup back", "제자리로"),
    "classify.play.cups.others": ("Other cups", "다른 컵들"),
    "classify.play.cups.nowhere": ("Ask where no cup is", "컵이 없는 곳에 묻기"),
    "classify.play.cups.never": (
        "p(x) is smaller here than at each of the {n} cups seen: no cup like this was ever seen. Only the "
        "generative way can tell.",
        "이곳의 p(x)는 지금까지 본 컵 {n}개 모두의 자리에서보다 작습니다. 본 적 없는 값이라는 뜻이며, "
        "이것은 생성 모델만 알 수 있습니다.",
    ),
    "classify.play.cups.rarer": (
        "Of the {n} cups seen, {k} stand where p(x) is smaller still.",
        "본 컵 {n}개 가운데 {k}개는 p(x)가 이보다 작은 자리에 있습니다.",
    ),
    "classify.play.cups.person": (
        "One of the cups seen: {sizes}. Drag, or arrow keys",
        "본 컵 가운데 하나: {sizes}. 드래그하거나 방향 키로 옮깁니다",
    ),
    "classify.play.cups.point": (
        "The point asked about: {sizes}. Drag, or arrow keys",
        "묻는 점: {sizes}. 드래그하거나 방향 키로 옮깁니다",
    ),
    # the two ways
    "classify.play.left.title": ("Tell apart: P(Y | X)", "가르기: P(Y | X)"),
    "classify.play.right.title": ("Make: P(X | Y)", "만들기: P(X | Y)"),
    "classify.play.chance": ("= P({one} | x)", "= P({one} | x)"),
    "classify.play.edge": ("Boundary", "경계"),
    "classify.play.moved": ("moved by", "옮겨 간 거리"),
    "classify.play.wrong": ("Wrong, new data", "새 데이터 오답"),
    "classify.play.density": ("p(x)", "p(x)"),
    "classify.play.no_density": ("has none", "없음"),
    "classify.play.no_answer": ("no answer", "답 없음"),
    "classify.play.boundary": ("{name}: boundary", "{name}의 경계"),
    "classify.play.formula.chance": ("P({one} | x)", "P({one} | x)"),
    "classify.play.formula.bayes": (
        "P({one} | x) = p(x | {one}) P({one}) / p(x)",
        "P({one} | x) = p(x | {one}) P({one}) / p(x)",
    ),
    "classify.play.one_kind": (
        "All {n} are of one kind: there is nothing to tell apart. Raise n, or take others.",
        "{n}개가 모두 한 무리입니다. 가를 것이 없습니다. n을 늘리거나 다른 표본을 뽑으세요.",
    ),
    "classify.play.left.flat": (
        "All that it sees have equal values: no boundary lies between them. Raise n.",
        "보는 값이 모두 같아서 경계를 그을 수 없습니다. n을 늘리세요.",
    ),
    "classify.play.right.flat": (
        "One kind has too few people, or equal ones, for a normal: it would have no width. Raise n, or let "
        "both kinds share their spread (LDA).",
        "한 무리의 수가 너무 적거나 값이 같아서 정규분포의 너비가 0이 됩니다. n을 늘리거나, 두 무리가 퍼진 "
        "정도를 나누어 쓰게 하세요(LDA).",
    ),
    "classify.play.separable": (
        "A boundary separates all {n} without an error. The likelihood then has no maximum: the weights "
        "grow for ever. Shown is where the steps were stopped; do not trust how sure it is.",
        "경계 하나로 {n}개가 오류 없이 갈립니다. 이때 가능도에는 최댓값이 없어 가중치가 끝없이 커집니다. "
        "계산을 멈춘 곳을 보여 줄 뿐이니, 확신하는 정도는 믿지 마세요.",
    ),
    "classify.play.left.hidden": (
        "It was fitted to both measurements. With one unknown there is no number to put into the formula: "
        "it has no answer.",
        "두 값을 모두 쓰도록 맞춘 모델입니다. 하나를 모르면 식에 넣을 숫자가 없으므로 답할 수 없습니다.",
    ),
    "classify.play.kinds": ("What the normals assume", "정규분포에 둔 가정"),
    "classify.play.logistic": ("Logistic regression", "로지스틱 회귀"),
    "classify.play.lda": ("LDA", "LDA"),
    "classify.play.qda": ("QDA", "QDA"),
    "classify.play.naive": ("Naive Bayes", "나이브 베이즈"),
    "classify.play.naive_shared": ("Naive Bayes, one spread", "나이브 베이즈(같은 분산)"),
    "classify.play.logistic.what": (
        "Logistic regression assumes that the log odds are a straight function of x. It assumes nothing of "
        "where people are, and knows nothing of it.",
        "로지스틱 회귀는 로그 오즈가 x의 일차식이라고만 가정합니다. 값들이 어디에 있는지는 가정하지 않고, "
        "알지도 못합니다.",
    ),
    "classify.play.lda.what": (
        "LDA: both kinds are normals with the same spread and correlation. The boundary is straight.",
        "LDA: 두 무리가 같은 공분산을 갖는 정규분포라고 가정합니다. 경계는 직선입니다.",
    ),
    "classify.play.lda.line": (
        "LDA: both kinds are normals with the same spread. There is one boundary.",
        "LDA: 두 무리가 같은 분산을 갖는 정규분포라고 가정합니다. 경계는 하나입니다.",
    ),
    "classify.play.qda.what": (
        "QDA: each kind is a normal with its own spread and correlation. The boundary is a curve, and may "
        "close.",
        "QDA: 무리마다 자기 공분산을 갖는 정규분포라고 가정합니다. 경계는 곡선이고, 닫힐 수도 있습니다.",
    ),
    "classify.play.qda.line": (
        "QDA: each kind is a normal with its own spread. Far out the wider kind wins on both sides: there "
        "are two boundaries.",
        "QDA: 무리마다 자기 분산을 갖는 정규분포라고 가정합니다. 멀리 나가면 양쪽 모두 더 넓은 쪽이 "
        "이기므로 경계가 둘입니다.",
    ),
    "classify.play.naive.what": (
        "Naive Bayes: within a kind, {first} and {second} have nothing to do with each other. That is "
        "wrong, and often good enough.",
        "나이브 베이즈: 한 무리 안에서 {first}와 {second}가 서로 독립이라고 가정합니다. 틀린 가정이지만 쓸 "
        "만할 때가 많습니다.",
    ),
    "classify.play.naive_shared.what": (
        "Naive Bayes with one spread: independent within a kind, and both kinds equally spread. It is the "
        "one with the least to learn (Ng and Jordan, 2002).",
        "나이브 베이즈(같은 분산): 한 무리 안에서 독립이고 두 무리의 분산도 같다고 가정합니다. 배울 것이 "
        "가장 적은 모델입니다(Ng와 Jordan, 2002).",
    ),
    "classify.play.hide": ("What if one is not known?", "하나를 모른다면?"),
    "classify.play.none": ("Both known", "둘 다 앎"),
    "classify.play.first": ("{first} unknown", "{first} 모름"),
    "classify.play.second": ("{second} unknown", "{second} 모름"),
    "classify.play.try": ("Try", "해 보기"),
    "classify.play.left.cannot_draw": (
        "Only the generative way can: logistic regression has no p(x | Y) to draw from.",
        "뽑기는 생성 모델만 할 수 있습니다. 로지스틱 회귀에는 뽑을 p(x | Y)가 없습니다.",
    ),
    "classify.play.drawn": (
        "Drawn by the generative way: {kind}, {sizes}.",
        "생성 모델이 뽑은 것: {kind}, {sizes}.",
    ),
    "classify.play.line": (
        "{first} along a line: the density of each kind with its share above it, and below it the "
        "probability of kind {one}, by both ways, with their boundaries",
        "{first}를 나타내는 선. 위에는 각 무리의 비율을 곱한 밀도, 아래에는 두 방법이 말하는 {one}의 "
        "확률과 경계",
    ),
    "classify.play.plane": (
        "{first} to the right, {second} upwards: people as dots, the normals as ellipses, and both "
        "boundaries",
        "가로는 {first}, 세로는 {second}. 점은 데이터, 타원은 정규분포, 선은 두 방법의 경계",
    ),
    # the race
    "classify.play.race": ("Who needs fewer data?", "누가 더 적은 데이터로 배울까?"),
    "classify.play.race.about": (
        "A sample of n, half of each kind; all who are not in it are the test; and again, 200 times for "
        "every n. Errors in %, bars are standard errors.",
        "두 무리에서 반씩 n개를 뽑아 맞추고 나머지 전부로 시험합니다. 이것을 n마다 200번 되풀이합니다. "
        "오답률은 %, 막대는 표준 오차입니다.",
    ),
    "classify.play.race.run": ("Draw {draws} samples of every size", "크기마다 표본 {draws}개 뽑기"),
    "classify.play.race.stop": ("Stop", "멈추기"),
    "classify.play.race.again": ("Once more", "한 번 더"),
    "classify.play.race.progress": ("{draws} of {all}", "{all}개 중 {draws}개"),
    "classify.play.race.n": ("n", "n"),
    "classify.play.race.picture": (
        "Error of each way against the size of its sample; the numbers are in the table below",
        "표본의 크기에 따른 각 방법의 오답률. 숫자는 아래 표에 있습니다",
    ),
    "classify.play.race.naive_shared": ("naive Bayes with one spread", "나이브 베이즈(같은 분산)"),
    "classify.play.race.crossing": (
        "In these samples {rival} is ahead up to n = {before}, logistic regression from n = {after} on (by "
        "more than two standard errors of the difference).",
        "이 표본들에서는 n = {before}까지 {rival}가, n = {after}부터 로지스틱 회귀가 앞섭니다(차이가 표준 "
        "오차의 두 배를 넘는 경우).",
    ),
    "classify.play.race.no_crossing": (
        "In these samples the curves do not cross for certain. At n = {n}, logistic regression makes {gap} "
        "± {error} points more errors than {rival}.",
        "이 표본들에서는 두 곡선이 교차한다고 말할 수 없습니다. n = {n}에서 로지스틱 회귀의 오답률에서 "
        "{rival}의 오답률을 빼면 {gap} ± {error} %p입니다.",
    ),
    "classify.play.race.measured": (
        "Measured on ANSUR II, height and weight, 200 samples a size: with 4 people naive Bayes with one "
        "spread errs in 20.8 %, logistic regression in 29.6 %; with 80 they are even (difference 0.03 ± "
        "0.04 points), and with 800 logistic regression is ahead by 0.31 ± 0.01 points. What helps is not "
        "being generative but a strong assumption: LDA, generative too, errs in 28.6 % with 4 people, "
        "naive Bayes with a spread for each kind in 31.8 %. An assumption saves data, and costs in the end.",
        "ANSUR II의 키와 몸무게를 크기마다 200번씩 뽑아 잰 결과입니다. 4명으로 배우면 나이브 베이즈(같은 "
        "분산)의 오답률은 20.8 %, 로지스틱 회귀는 29.6 %입니다. 80명에서는 둘이 같고(차이 0.03 ± 0.04 %p), "
        "800명에서는 로지스틱 회귀가 0.31 ± 0.01 %p 앞섭니다. 도움이 되는 것은 생성 모델이라는 점이 아니라 "
        "강한 가정입니다. 같은 생성 모델이라도 4명으로 배우면 LDA의 오답률은 28.6 %, 무리마다 분산이 다른 "
        "나이브 베이즈는 31.8 %입니다. 가정은 데이터를 아껴 주지만, 나중에 그 값을 치릅니다.",
    ),
    "classify.play.failed": (
        "The data did not arrive. Open the page again when you are connected.",
        "데이터를 받지 못했습니다. 연결을 확인하고 페이지를 다시 여세요.",
    ),
}
