"""What the pixels tab says. `pixels.play.*` goes to its components, whose scripts pick the language."""

TEXT = {
    "pixels.tab": ("Pixel by pixel", "한 화소씩"),
    "pixels.intro": (
        "A picture has 784 pixels, each black or white: $2^{784}$ pictures, too many to count. The chain "
        "rule cuts the probability of a picture into 784 small questions, one a pixel, in reading order: "
        "$p(x)=\\prod_i p(x_i\\,|\\,x_1,\\dots,x_{i-1})$. One network answers them all. So $p(x)$ is "
        "**known exactly**, and drawing a picture is tossing 784 coins, each with the probability that the "
        "network says.",
        "그림은 화소(픽셀) 784개이고, 픽셀마다 검거나 흽니다. 가능한 그림이 $2^{784}$가지라 세어 볼 수는 "
        "없습니다. 연쇄 법칙은 그림의 확률을 784개의 작은 질문으로 나눕니다. 글을 읽는 순서로 픽셀마다 "
        "하나씩 묻는 것입니다: $p(x)=\\prod_i p(x_i\\,|\\,x_1,\\dots,x_{i-1})$. 신경망 하나가 모두 "
        "답합니다. 그래서 $p(x)$를 **정확히** 알고, 그림을 뽑는 일은 신경망이 말한 확률대로 동전을 784번 "
        "던지는 일이 됩니다.",
    ),
    "pixels.own": (
        "## Your own digit\n\nDraw a digit or take a test digit. It is made black and white by coins, as "
        "in training. What comes first in reading order can be given, and the rest drawn: no other model "
        "here can do that exactly.",
        "## 내가 쓴 숫자\n\n숫자를 쓰거나 테스트 숫자를 고르세요. 학습 때처럼 회색 값을 확률로 보고 동전을 "
        "던져 흑백으로 만듭니다. 읽는 순서로 앞부분을 주고 나머지를 뽑게 할 수 있습니다. 이것을 정확하게 "
        "할 수 있는 모델은 여기에서 이 모델뿐입니다.",
    ),
    "pixels.likely.intro": (
        "## What is likely?\n\nFive pictures. Which has the largest $p(x)$? Sort them first, then look.",
        "## 무엇이 그럴듯할까?\n\n그림이 다섯 장 있습니다. $p(x)$가 가장 큰 그림은 무엇일까요? 먼저 순서를 "
        "정한 뒤에 확인해 보세요.",
    ),
    "pixels.hint": (
        "**Where it belongs.** ① *How is p(x) set from data?* The loss is $-\\log p(x)$ itself, a sum "
        "over pixels: each pixel of each training picture is a question with a known answer. Nothing is "
        "bounded and nobody plays against it.\n\n② *How does one draw from it?* Pixel by pixel, 784 "
        "steps, since each question needs the answers before it. That is **slow by nature**: the last "
        "pixel waits for all others.\n\n③ *How likely does it find new data?* It says so, **exactly**. "
        "The VAE says *at least* this much, and the bound climbs with more $z$. The GAN cannot be "
        "asked.\n\n**Surer, or truer.** What a coin has drawn stays, and all later pixels follow it. So a "
        "few unlikely coins can spoil a digit. Of a network that had learned the pictures alone, a "
        "classifier read 91.9 % of the samples as the digit that was asked for, and 98.9 % of real test "
        "digits as what they are. *Guidance* multiplies what the digit changes in the log-odds. This "
        "network has learned what a guidance of 1.3 makes of them: its own draws are read right in 97.5 "
        "%. The price: a test digit costs 78.4 nats with its class given, not 78.1, and the samples as a "
        "whole lie farther from real digits (Fréchet distance 9.0 → 13.2). What you add with the slider "
        "comes on top, and then the samples are no longer draws from $p(x\\,|\\,y)$.\n\n**From a histogram "
        "to a network.** The model that counts keeps a table: how often was a pixel white after these 16 "
        "neighbours? The table has 65,536 cells; with the 840 neighbours that the network sees it would "
        "have more cells than there are atoms. A correction for each place takes it from 102 nats a test "
        "digit to 95; the network has 82. It fills a table most of whose cells it has never "
        "seen.\n\n**Likely is not typical.** A density gives much to simple pictures: few of their pixels "
        "are a surprise. The table above shows how far that goes here. A bare line is no digit, yet "
        "likelier than nearly every test digit, for all three models. For the model that counts, which "
        "sees the place and 16 neighbours, a blank sheet is likelier than every digit; for the network, "
        "and by the VAE's bound, it is likelier than over four in five of them. Digits upside down are "
        "less likely on average, yet of a digit and another one upside down, the network finds in a third "
        "of all pairs the upside-down one likelier. Noise is found out every time.\n\nThe well-known "
        "cases (Nalisnick et al. 2019) go between data sets: models that learned CIFAR-10 give SVHN more, "
        "and models that learned Fashion-MNIST give MNIST more. Ours learned MNIST, which is the other "
        "direction: from it do not conclude that clothes must be likelier. The table shows what was "
        "measured here, and no more.",
        "**어디에 놓이는 모델일까요.** ① *데이터로 p(x)를 어떻게 정할까요?* 손실이 바로 $-\\log "
        "p(x)$이고, 픽셀마다의 값을 더한 것입니다. 학습 그림의 픽셀 하나하나가 답이 있는 문제가 됩니다. "
        "하한으로 어림하지도 않고 상대하는 판별자도 없습니다.\n\n② *p(x)에서 어떻게 뽑을까요?* 한 픽셀씩 "
        "784단계입니다. 앞의 답이 있어야 다음을 물을 수 있으므로 **본래 느립니다**. 마지막 픽셀은 "
        "나머지를 모두 기다려야 합니다.\n\n③ *처음 보는 데이터에 확률을 얼마나 줄까요?* **정확한 값**을 "
        "말합니다. VAE는 *적어도* 이만큼이라고만 말하고, $z$를 더 뽑으면 그 하한이 올라갑니다. GAN에는 "
        "물을 수 없습니다.\n\n**더 확실하게, 또는 더 충실하게.** 동전이 한 번 정한 픽셀은 그대로 남고, "
        "뒤의 픽셀은 모두 그것을 따라갑니다. 그래서 드문 동전 몇 개가 숫자를 망칠 수 있습니다. 그림만 "
        "배운 신경망의 표본은 분류기가 91.9 %를 주문한 숫자로 읽었습니다(실제 테스트 숫자는 98.9 %를 옳게 "
        "읽습니다). *가이던스*는 숫자를 정할 때 로그 오즈가 달라지는 차이에 곱하는 수입니다. 이 신경망은 "
        "가이던스 1.3으로 바뀐 로그 오즈까지 배웠고, 그냥 뽑은 표본의 97.5 %가 주문한 숫자로 읽힙니다. 그 "
        "대신 클래스를 알려 줄 때 테스트 숫자 한 장이 78.1이 아니라 78.4 nats이고, 표본 전체가 실제 "
        "숫자에서 더 멀어집니다(프레셰 거리 9.0 → 13.2). 슬라이더로 더하는 가이던스는 그 위에 곱해지며, "
        "그때의 표본은 더는 $p(x\\,|\\,y)$에서 뽑은 것이 아닙니다.\n\n**히스토그램에서 신경망으로.** "
        "세기만 하는 모델은 표를 하나 가집니다. 이웃 16개가 이럴 때 픽셀이 몇 번이나 흰색이었는가? 표는 "
        "65,536칸이고, 신경망이 보는 이웃 840개로 만들면 우주의 원자보다 칸이 많습니다. 자리마다 보정을 "
        "더하면 테스트 숫자 한 장이 102 nats에서 95 nats로 내려가고, 신경망은 82 nats입니다. 신경망은 "
        "대부분의 칸을 한 번도 보지 못하고도 표를 채웁니다.\n\n**그럴듯함은 전형적임이 아닙니다.** 밀도는 "
        "단순한 그림에 큰 값을 줍니다. 놀라운 픽셀이 적기 때문입니다. 어디까지 그런지는 위의 표에 "
        "있습니다. 선 하나는 숫자가 아닌데도 세 모델 모두에서 거의 모든 테스트 숫자보다 그럴듯합니다. "
        "자리와 이웃 16개만 보는 세기 모델에서는 빈 종이가 모든 숫자보다 그럴듯하고, 신경망과 VAE의 "
        "하한에서는 열에 여덟이 넘는 숫자보다 그럴듯합니다. 위아래를 뒤집은 숫자는 평균으로는 덜 "
        "그럴듯하지만, 바로 선 숫자와 뒤집은 숫자를 하나씩 짝지어 견주면, 세 쌍에 한 쌍은 신경망이 뒤집은 "
        "쪽을 더 그럴듯하다고 봅니다. 잡음은 언제나 가려냅니다.\n\n널리 알려진 사례(Nalisnick 외, 2019)는 "
        "데이터 집합 사이의 일입니다. CIFAR-10을 배운 모델은 SVHN에, Fashion-MNIST를 배운 모델은 MNIST에 "
        "더 큰 확률을 줍니다. 여기 모델은 MNIST를 배웠으므로 방향이 반대입니다. 그러니 옷 그림이 더 "
        "그럴듯하리라고 미루어 말할 수는 없습니다. 표는 여기에서 잰 것만 보여 줍니다.",
    ),
    "pixels.measured": ("Measured", "측정값"),
    "pixels.likely": ("Measured: what is likely", "측정값: 무엇이 그럴듯한가"),
    "pixels.likely.about": (
        "Mean −log p(x) in nats: smaller is likelier. AUROC: how well −log p alone tells such pictures "
        "from test digits. 1: each is less likely than the digits; 0.5: cannot tell; 0: each is likelier "
        "than the digits.",
        "−log p(x)의 평균(nats)입니다. 작을수록 그럴듯합니다. AUROC는 −log p만으로 이런 그림과 테스트 "
        "숫자를 얼마나 잘 가르는지를 나타냅니다. 1이면 모두 숫자보다 덜 그럴듯하고, 0.5면 가르지 못하며, "
        "0이면 모두 숫자보다 더 그럴듯합니다.",
    ),
    "pixels.likely.picture": ("Picture", "그림"),
    "pixels.likely.pixelcnn": ("Network, exact", "신경망 (정확)"),
    "pixels.likely.counting": ("Counting, exact", "세기 (정확)"),
    "pixels.likely.vae": ("VAE, at most", "VAE (이하)"),
    "pixels.likely.auroc_pixelcnn": ("AUROC, network", "AUROC, 신경망"),
    "pixels.likely.auroc_counting": ("AUROC, counting", "AUROC, 세기"),
    "pixels.likely.auroc_vae": ("AUROC, VAE", "AUROC, VAE"),
    "pixels.likely.n": ("n", "n"),
    "pixels.likely.row.digits": ("Test digits", "테스트 숫자"),
    "pixels.likely.row.ones": ("… ones", "… 1"),
    "pixels.likely.row.eights": ("… eights", "… 8"),
    "pixels.likely.row.upside_down": ("Upside down", "위아래를 뒤집음"),
    "pixels.likely.row.mirrored": ("Mirrored", "좌우를 뒤집음"),
    "pixels.likely.row.shuffled": ("Pixels shuffled", "픽셀을 섞음"),
    "pixels.likely.row.blank": ("Blank sheet", "빈 종이"),
    "pixels.likely.row.line": ("A bare line", "선 하나"),
    "pixels.likely.row.noise": ("Noise as dense as digits", "숫자만큼 빽빽한 잡음"),
    "pixels.likely.row.coins": ("Coin flips", "동전 던지기"),
    "pixels.likely.row.inverted": ("Inverted digits", "흑백을 뒤집음"),
    "pixels.likely.row.fashion": ("Fashion-MNIST", "Fashion-MNIST"),
    "pixels.source": ("Your digit", "내 숫자"),
    "pixels.source.digit": ("Test digit", "테스트 숫자"),
    "pixels.source.draw": ("Draw", "직접 쓰기"),
    "pixels.source.upload": ("Upload", "올리기"),
    "pixels.sketch": ("Write a digit", "숫자를 쓰세요"),
    "pixels.upload": ("A picture of a digit", "숫자 그림"),
    # the digit that plays
    "pixels.play.class": ("Digit", "숫자"),
    "pixels.play.any": ("Any", "아무거나"),
    "pixels.play.who": ("Who says the probabilities", "확률을 말하는 쪽"),
    "pixels.play.who.network": ("The network", "신경망"),
    "pixels.play.who.counting": ("Counting 16 neighbours", "이웃 16개 세기"),
    "pixels.play.lacks.missing": (
        "There is no model that counts beside this network: its folder has no counting.safetensors.",
        "이 신경망의 폴더에 counting.safetensors가 없어서, 세기만 하는 모델은 보여 줄 수 없습니다.",
    ),
    "pixels.play.lacks.damaged": (
        "The model that counts is not shown: counting.safetensors in this network's folder is damaged. The "
        "network itself is not affected.",
        "이 신경망의 폴더에 있는 counting.safetensors가 손상되어, 세기만 하는 모델은 보여 줄 수 없습니다. "
        "신경망에는 영향이 없습니다.",
    ),
    "pixels.play.lacks.unanswered": (
        "The table of the model that counts did not arrive. Reload the page to ask for it again.",
        "세기만 하는 모델의 표를 받지 못했습니다. 페이지를 새로 고치면 다시 요청합니다.",
    ),
    "pixels.play.temperature": ("Temperature", "온도"),
    "pixels.play.guidance": ("Guidance", "가이던스"),
    "pixels.play.seed": ("Seed of the coins", "동전의 시드"),
    "pixels.play.again": ("Other coins", "다른 동전"),
    "pixels.play.drawn": ("What stands there so far", "지금까지 그려진 것"),
    "pixels.play.shades": ("What was said: p(white)", "말한 확률: p(흰색)"),
    "pixels.play.play": ("Play", "재생"),
    "pixels.play.pause": ("Pause", "멈춤"),
    "pixels.play.position": ("Pixels that are drawn", "그려진 픽셀 수"),
    "pixels.play.next": ("To the next open coin", "다음 갈림길로"),
    "pixels.play.where": ("Row {row}, column {column}", "{row}행 {column}열"),
    "pixels.play.where.all": ("All 784 pixels are drawn", "784픽셀을 모두 그렸습니다"),
    "pixels.play.fell.white": (
        "p(white) = {p}. The coin falls on {u}, below it: white.",
        "p(흰색) = {p}. 동전의 값 {u}이(가) 그보다 작으므로 흰색입니다.",
    ),
    "pixels.play.fell.black": (
        "p(white) = {p}. The coin falls on {u}, not below it: black.",
        "p(흰색) = {p}. 동전의 값 {u}이(가) 그보다 작지 않으므로 검은색입니다.",
    ),
    "pixels.play.sum": (
        "−log p of the first {n} pixels: {nats} nats ({who})",
        "앞의 {n}픽셀의 −log p: {nats} nats ({who})",
    ),
    "pixels.play.sum.all": (
        "−log p(x) of the picture: {nats} nats ({who})",
        "그림 전체의 −log p(x): {nats} nats ({who})",
    ),
    "pixels.play.tempered": (
        "At a temperature other than 1 the coins are not the model's: log-odds are divided by it. The nats "
        "are still those of the model.",
        "온도가 1이 아니면 모델이 말한 동전이 아닙니다. 로그 오즈를 온도로 나눈 동전입니다. nats는 모델의 "
        "값 그대로입니다.",
    ),
    "pixels.play.guided.digit": (
        "At a guidance other than 1 the coins are not the model's: what the digit changes in the log-odds "
        "is multiplied by it. Above 1 the digit is surer, and the pictures as a whole lie farther from "
        "real ones. The nats are still those of the model.",
        "가이던스가 1이 아니면 모델이 말한 동전이 아닙니다. 숫자를 정하면 로그 오즈가 달라지는데, 그 "
        "차이에 가이던스를 곱한 동전입니다. 1보다 크면 숫자가 더 확실해지는 대신, 그림 전체는 실제 "
        "숫자에서 더 멀어집니다. nats는 모델의 값 그대로입니다.",
    ),
    "pixels.play.guided.any": (
        "Guidance changes nothing here: it multiplies what a digit changes, and none is asked for. Choose "
        "one.",
        "여기서는 가이던스가 아무것도 바꾸지 않습니다. 가이던스는 숫자를 정했을 때의 차이를 키우는데, 정한 "
        "숫자가 없습니다. 숫자를 하나 고르세요.",
    ),
    "pixels.play.guided.counting": (
        "Guidance changes nothing here: the model that counts knows no digits to ask for.",
        "여기서는 가이던스가 아무것도 바꾸지 않습니다. 세기만 하는 모델에는 숫자를 정해 줄 수 없습니다.",
    ),
    "pixels.play.other": ("The other model's digit", "다른 모델의 그림"),
    "pixels.play.other.about": ("{who}, by the same coins: {nats} nats", "{who}, 같은 동전: {nats} nats"),
    # completed
    "pixels.play.complete": ("Let it be finished", "이어 그리게 하기"),
    "pixels.play.complete.about": (
        "Drag the seam up and down, or erase by hand. What is grey is drawn four times, in orange.",
        "경계선을 위아래로 끌거나 손으로 지우세요. 회색 부분을 네 번 새로 그립니다(주황색).",
    ),
    "pixels.play.kept": ("What stays", "남기는 부분"),
    "pixels.play.kept.seam": ("All above the seam", "경계선 위"),
    "pixels.play.kept.brush": ("All that I do not erase", "지우지 않은 곳"),
    "pixels.play.as": ("Finish it as", "어떤 숫자로"),
    "pixels.play.free": ("Whatever it is", "주문 없음"),
    "pixels.play.mask": (
        "Your digit; what is grey is drawn anew. Arrow keys move the seam or the eraser, space erases",
        "내 숫자. 회색 부분을 새로 그립니다. 방향 키로 경계선이나 지우개를 옮기고 스페이스로 지웁니다",
    ),
    "pixels.play.mask.seam": ("Drag the seam", "경계선을 끌어 보세요"),
    "pixels.play.mask.brush": ("Erase here", "여기를 지우세요"),
    "pixels.play.four": ("Completion {i}", "이어 그린 그림 {i}"),
    "pixels.play.exact.yes": (
        "Exact: all that stays comes before the rest in reading order, so these are draws from p(rest | "
        "what stays).",
        "정확합니다. 남긴 부분이 읽는 순서로 모두 앞에 있으므로, 네 그림은 p(나머지 | 남긴 부분)에서 뽑은 "
        "것입니다.",
    ),
    "pixels.play.exact.no": (
        "Not exact: some of what stays comes after erased pixels. A pixel is drawn with a view to those "
        "before it alone, so it does not know what still comes, and the parts may not fit together.",
        "정확하지 않습니다. 남긴 픽셀 가운데 지운 픽셀보다 뒤에 오는 것이 있습니다. 픽셀은 앞의 픽셀만 "
        "보고 뽑으므로 뒤에 무엇이 올지 모르고, 서로 어긋날 수 있습니다.",
    ),
    "pixels.play.exact.nothing": (
        "All of it stays, so that nothing is drawn. Move the seam up, or erase something.",
        "모두 남겨서 새로 그릴 곳이 없습니다. 경계선을 올리거나 일부를 지우세요.",
    ),
    # the surprise
    "pixels.play.surprise": ("Where is the surprise?", "어디가 놀라운가?"),
    "pixels.play.binary": ("Your digit, black and white", "흑백으로 만든 내 숫자"),
    "pixels.play.heat": ("−log p of each pixel", "픽셀마다의 −log p"),
    "pixels.play.heat.most": ("{most} nats and more", "{most} nats 이상"),
    "pixels.play.by.network": ("Network", "신경망"),
    "pixels.play.by.counting": ("Counting", "이웃 세기"),
    "pixels.play.by.vae": ("VAE", "VAE"),
    "pixels.play.by.gan": ("GAN", "GAN"),
    "pixels.play.by.network.value": ("= {nats} nats", "= {nats} nats"),
    "pixels.play.by.counting.value": ("= {nats} nats", "= {nats} nats"),
    "pixels.play.by.vae.value": ("≤ {nats} nats", "≤ {nats} nats"),
    "pixels.play.by.gan.value": ("?", "?"),
    "pixels.play.by.network.about": (
        "−log p(x), exact: the sum of the map",
        "−log p(x)의 정확한 값: 지도의 합",
    ),
    "pixels.play.by.counting.about": ("exact, by a table of 16 neighbours", "정확한 값, 이웃 16개의 표로"),
    "pixels.play.by.vae.about": (
        "log p(x) is at least minus this much, by {k} z at a time",
        "log p(x)는 적어도 이 값에 음수를 붙인 만큼 (z를 {k}개씩)",
    ),
    "pixels.play.by.gan.about": (
        "cannot be asked: it draws, but has no p(x); its D is no density",
        "물을 수 없음: 뽑기만 할 뿐 p(x)가 없고, D는 밀도가 아님",
    ),
    "pixels.play.k": ("z at a time for the VAE's bound", "VAE의 하한에 한 번에 쓰는 z"),
    "pixels.play.k.value": ("{k}", "{k}개"),
    "pixels.play.compared": (
        "Yours: {mine} nats. The mean of 10,000 test digits: {mean} nats.",
        "내 숫자는 {mine} nats, 테스트 숫자 10,000개의 평균은 {mean} nats입니다.",
    ),
    # Bayes
    "pixels.play.bayes": ("Told apart by Bayes", "베이즈 정리로 가르기"),
    "pixels.play.bayes.about": (
        "The model can be asked for each class: ten numbers log p(x | y). With all classes as likely, "
        "Bayes makes P(y | x) of them. Nobody trained it to classify.",
        "클래스마다 물을 수 있습니다: log p(x | y) 열 개. 모든 클래스의 확률이 같다고 보면 베이즈 정리가 "
        "여기서 P(y | x)를 얻습니다. 분류하도록 학습시킨 적은 없습니다.",
    ),
    "pixels.play.digit": ("y", "y"),
    "pixels.play.log_p": ("log p(x | y)", "log p(x | y)"),
    "pixels.play.by_bayes": ("P(y | x), Bayes", "P(y | x), 베이즈"),
    "pixels.play.by_classifier": ("Classifier", "분류기"),
    "pixels.play.verdict.same": (
        "Both read a {bayes}. The likeliest class leads the next by {gap} nats.",
        "둘 다 {bayes}(으)로 읽습니다. 가장 그럴듯한 클래스가 다음 클래스를 {gap} nats 앞섭니다.",
    ),
    "pixels.play.verdict.other": (
        "Bayes reads a {bayes}, the classifier a {classifier}. The likeliest class leads the next by {gap} "
        "nats.",
        "베이즈는 {bayes}(으)로, 분류기는 {classifier}(으)로 읽습니다. 가장 그럴듯한 클래스가 다음 "
        "클래스를 {gap} nats 앞섭니다.",
    ),
    "pixels.play.verdict.alone": (
        "Bayes reads a {bayes}. The likeliest class leads the next by {gap} nats.",
        "베이즈는 {bayes}(으)로 읽습니다. 가장 그럴듯한 클래스가 다음 클래스를 {gap} nats 앞섭니다.",
    ),
    # five cards
    "pixels.play.cards": ("Pictures to sort, the likeliest first", "가장 그럴듯한 것부터 고를 그림"),
    "pixels.play.card.one": ("A 1", "1"),
    "pixels.play.card.eight": ("An 8", "8"),
    "pixels.play.card.upside_down": ("The 8 upside down", "뒤집은 8"),
    "pixels.play.card.blank": ("A blank sheet", "빈 종이"),
    "pixels.play.card.noise": ("Noise", "잡음"),
    "pixels.play.task": ("Touch the likeliest picture first.", "가장 그럴듯한 그림부터 누르세요."),
    "pixels.play.task.next": ("Now number {n}.", "이제 {n}번째를 고르세요."),
    "pixels.play.task.waiting": ("The models are being asked …", "모델에 묻는 중입니다 …"),
    "pixels.play.task.done": ("This is what the models say.", "모델의 답은 이렇습니다."),
    "pixels.play.undo": ("Take the last one back", "마지막 선택 취소"),
    "pixels.play.undo.all": ("Sort again", "다시 정하기"),
    "pixels.play.reveal": ("−log p of the five pictures", "그림 다섯 장의 −log p"),
    "pixels.play.column.rank": ("Rank", "순위"),
    "pixels.play.column.card": ("Picture", "그림"),
    "pixels.play.column.yours": ("Yours", "내 순위"),
    "pixels.play.column.network": ("Network, nats", "신경망, nats"),
    "pixels.play.column.counting": ("Counting", "이웃 세기"),
    "pixels.play.column.vae": ("VAE", "VAE"),
    "pixels.play.at_most": ("≤ {nats}", "≤ {nats}"),
    "pixels.play.moral.right": (
        "{right} of {all} places are right.",
        "{all}개 가운데 {right}개의 순위를 맞혔습니다.",
    ),
    "pixels.play.moral.blank": (
        "The likeliest is the blank sheet: hardly any of its pixels is a surprise. Yet the model draws it "
        "only once in about {times} pictures. Any one digit is less likely, but there are so many of them. "
        "Likely is not typical.",
        "가장 그럴듯한 것은 빈 종이입니다. 놀라운 픽셀이 거의 없기 때문입니다. 그래도 모델이 빈 종이를 "
        "뽑는 것은 약 {times}장에 한 번뿐입니다. 숫자 그림은 한 장 한 장이 덜 그럴듯해도 그 수가 아주 "
        "많습니다. 그럴듯함은 전형적임이 아닙니다.",
    ),
    "pixels.play.moral.between": (
        "The blank sheet is no digit, and yet likelier than the 8: few of its pixels are a surprise. The "
        "model draws it only once in about {times} pictures, and eights all the time: each is less likely, "
        "but there are so many of them. Likely is not typical.",
        "빈 종이는 숫자가 아닌데도 8보다 그럴듯합니다. 놀라운 픽셀이 적기 때문입니다. 그래도 모델이 빈 "
        "종이를 뽑는 것은 약 {times}장에 한 번뿐이고, 8은 늘 뽑습니다. 8은 한 장 한 장이 덜 그럴듯해도 그 "
        "수가 아주 많습니다. 그럴듯함은 전형적임이 아닙니다.",
    ),
    "pixels.play.moral.counting": (
        "The model that counts finds the blank sheet the likeliest of all: it sees the place and 16 "
        "neighbours, no more.",
        "세기만 하는 모델에서는 빈 종이가 가장 그럴듯합니다. 자리와 이웃 16개만 보기 때문입니다.",
    ),
    "pixels.play.moral.upside_down": (
        "It finds the 8 upside down likelier than the 8.",
        "신경망은 뒤집은 8을 8보다 그럴듯하다고 봅니다.",
    ),
    "pixels.play.moral.one": (
        "The 1 is likelier than the 8, for it has fewer edges.",
        "1이 8보다 그럴듯합니다. 가장자리가 적기 때문입니다.",
    ),
    "pixels.play.moral.noise": (
        "Noise is found out: it comes last.",
        "잡음은 가려냅니다. 순위가 가장 낮습니다.",
    ),
}
ROW = "pixels.likely.row."
TEXT |= {
    key.replace(ROW, "metric.likely_"): (
        f"−log p and AUROC: {english.removeprefix('… ')}",
        f"−log p와 AUROC: {korean.removeprefix('… ')}",
    )
    for key, (english, korean) in TEXT.items()
    if key.startswith(ROW)
}
