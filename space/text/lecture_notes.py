"""Speaker's notes of the lecture: for each step of page/lecture.py a question to the room, and its answer."""

NOTES = {
    "heights": (
        (
            "What score does the model get if the next person is taller than the tallest so far?",
            "Minus infinity: it gives density 0 to all that lies outside its range. One person is enough.",
        ),
        (
            "다음 사람이 지금까지의 최댓값보다 크면 점수는 얼마일까요?",
            "음의 무한대입니다. 범위 밖의 밀도를 0으로 두기 때문에 한 사람이면 충분합니다.",
        ),
    ),
    "spread": (
        (
            "Why is the score taken on people whom the model has not seen?",
            "On the people it was fitted to, the model with most details always wins.",
        ),
        (
            "왜 모델이 보지 못한 사람들로 채점할까요?",
            "학습에 쓴 사람들로 채점하면 세부가 가장 많은 모델이 언제나 이깁니다.",
        ),
    ),
    "mixture": (
        (
            "One hump or two? Raise your hands before the model answers.",
            "The eye sees a plateau. The mixture finds two means without being told who belongs to which.",
        ),
        (
            "봉우리는 하나일까요, 둘일까요? 모델이 답하기 전에 손을 들어 봅시다.",
            "눈에는 평평한 꼭대기로 보입니다. 혼합 모델은 누가 어느 쪽인지 몰라도 평균 두 개를 찾습니다.",
        ),
    ),
    "classify": (
        (
            "One person moves far away. Which boundary follows?",
            "That of the normals: the person changes a mean and a spread. Logistic regression hardly looks "
            "at people who stand far on their own side.",
        ),
        (
            "한 사람이 멀리 가면 어느 경계가 따라갈까요?",
            "정규분포의 경계입니다. 그 사람이 평균과 분산을 바꾸기 때문입니다. 로지스틱 회귀는 자기 쪽으로 "
            "멀리 있는 사람을 거의 보지 않습니다.",
        ),
    ),
    "generate": (
        (
            "Is the discriminator of a GAN a generative model?",
            "No. It gives P(real | x), a boundary. Only the generator makes something.",
        ),
        (
            "GAN의 판별자는 생성 모델일까요?",
            "아닙니다. P(진짜 | x), 곧 경계를 출력합니다. 만드는 것은 생성자뿐입니다.",
        ),
    ),
    "tree": (
        (
            "Which leaves can say how likely a point is?",
            "The explicit ones, exactly or with a bound. The implicit ones only draw.",
        ),
        (
            "한 점이 얼마나 그럴듯한지 답할 수 있는 잎은 어느 것일까요?",
            "명시적 밀도의 잎입니다. 정확한 값이나 하한을 답합니다. 암묵적 밀도는 표본만 냅니다.",
        ),
    ),
    "exact": (
        (
            "Why does a bridge stay between the moons?",
            "The map is continuous and can be undone, so one connected cloud stays connected.",
        ),
        (
            "두 반달 사이에 왜 다리가 남을까요?",
            "연속이고 되돌릴 수 있는 변환이므로, 이어진 구름은 끝까지 이어져 있습니다.",
        ),
    ),
    "bound": (
        (
            "How wide is the gap between the bound and the truth?",
            "It is the divergence from q(z|x) to the true posterior. It is 0 where q is that posterior.",
        ),
        (
            "하한과 참값 사이의 틈은 얼마나 될까요?",
            "q(z|x)와 참 사후분포 사이의 발산입니다. 둘이 같으면 0입니다.",
        ),
    ),
    "implicit": (
        (
            "Could we estimate p(x) from the samples?",
            "With kernels, yes, but the width decides the answer. In 784 dimensions no number of samples "
            "is enough.",
        ),
        (
            "표본으로 p(x)를 어림할 수 있을까요?",
            "커널을 쓰면 되지만 답은 폭이 정합니다. 784차원에서는 표본이 아무리 많아도 모자랍니다.",
        ),
    ),
    "pixels": (
        (
            "Does the order of the pixels matter?",
            "The chain rule holds in any order. A network that learns another order is another model.",
        ),
        (
            "픽셀의 순서가 중요할까요?",
            "연쇄 법칙은 어떤 순서로도 성립합니다. 다른 순서로 학습하면 다른 모델이 됩니다.",
        ),
    ),
    "complete": (
        (
            "Why can the lower half not be given instead?",
            "The upper half given the lower one would need a sum over all upper halves.",
        ),
        (
            "왜 아래쪽 절반을 대신 줄 수는 없을까요?",
            "아래를 알 때 위의 확률을 구하려면 위쪽의 모든 경우를 더해야 합니다.",
        ),
    ),
    "likely": (
        (
            "Which of the five is likeliest?",
            "A simple one. Few pixels of it surprise, so its density is high, although no digit looks like "
            "it.",
        ),
        (
            "다섯 장 가운데 가장 그럴듯한 것은 무엇일까요?",
            "단순한 그림입니다. 놀라운 픽셀이 적어 밀도가 크지만, 그렇게 생긴 숫자는 없습니다.",
        ),
    ),
    "autoencoder": (
        (
            "784 numbers become 32. What is lost?",
            "What few training digits needed. Look at the error map: the edges of the strokes.",
        ),
        (
            "784개의 값이 32개가 됩니다. 무엇을 잃을까요?",
            "학습 데이터에 드물었던 것입니다. 오차 지도에서 획의 가장자리를 보세요.",
        ),
    ),
    "code": (
        (
            "Why does a 0 come out, and not a blurred 4?",
            "This 4 lands among the zeros, and the decoder knows only where it has landed.",
        ),
        (
            "왜 흐릿한 4가 아니라 0이 나올까요?",
            "이 4가 0들 사이에 놓였고, 디코더는 놓인 자리밖에 모르기 때문입니다.",
        ),
    ),
    "sparse": (
        (
            "Does a single unit mean something?",
            "Switch units off one by one: most often a small part of a stroke goes.",
        ),
        (
            "유닛 하나에 뜻이 있을까요?",
            "하나씩 꺼 보면 대개 획의 작은 일부가 사라집니다.",
        ),
    ),
    "denoising": (
        (
            "What must it know that copying does not need?",
            "What digits look like. Its best answer is the mean of all clean digits that fit what it sees.",
        ),
        (
            "베끼기에는 필요 없지만 여기서는 알아야 하는 것이 무엇일까요?",
            "숫자가 어떻게 생겼는가입니다. 가장 좋은 답은 입력과 어울리는 모든 깨끗한 숫자의 평균입니다.",
        ),
    ),
    "contractive": (
        (
            "Why does z not become constant?",
            "The reconstruction error pulls the other way. Only the directions in which digits differ "
            "remain.",
        ),
        (
            "z는 왜 상수가 되지 않을까요?",
            "재구성 오차가 반대로 당기기 때문입니다. 숫자들이 서로 다른 방향만 남습니다.",
        ),
    ),
    "conv": (
        (
            "Same 32 numbers, less error: where does it come from?",
            "Neighbouring pixels belong together, and the weights learn from every place of the picture.",
        ),
        (
            "똑같이 값 32개인데 오차가 더 작은 까닭은 무엇일까요?",
            "이웃한 픽셀은 함께 움직이고, 가중치는 그림의 모든 자리에서 배웁니다.",
        ),
    ),
    "family": (
        (
            "Which one was trained for noise?",
            "The DAE. The table of the tab has the figures over all test digits.",
        ),
        (
            "잡음에 대비해 학습한 모델은 무엇일까요?",
            "DAE입니다. 탭의 표에 테스트 숫자 전체의 수치가 있습니다.",
        ),
    ),
    "holes": (
        (
            "From where would you draw z?",
            "The autoencoder gives no rule: its latent vectors lie where training left them.",
        ),
        (
            "z를 어디에서 뽑으면 될까요?",
            "오토인코더에는 규칙이 없습니다. 잠재 벡터는 학습이 끝난 자리에 그대로 있습니다.",
        ),
    ),
    "vae": (
        (
            "What if only one of the two terms were there?",
            "The first alone: σ goes to 0, an autoencoder. The second alone: z says nothing about x.",
        ),
        (
            "두 항 가운데 하나만 있으면 어떻게 될까요?",
            "첫째 항만 있으면 σ가 0으로 가서 오토인코더가 됩니다. 둘째 항만 있으면 z에 x의 정보가 없습니다.",
        ),
    ),
    "sampling": (
        (
            "Why are the digits of the VAE blurred?",
            "The decoder paints the mean of all pictures that fit z.",
        ),
        (
            "VAE의 숫자는 왜 흐릿할까요?",
            "디코더가 z와 어울리는 모든 그림의 평균을 그리기 때문입니다.",
        ),
    ),
    "interpolation": (
        (
            "Does a smooth way prove that nothing was memorised?",
            "It is a weak hint. One has to look for the nearest training picture.",
        ),
        (
            "매끄럽게 변하면 외우지 않았다는 증거일까요?",
            "약한 단서일 뿐입니다. 가장 가까운 학습 그림을 찾아보아야 합니다.",
        ),
    ),
    "game": (
        (
            "What is V at the equilibrium?",
            "−log 4: D is 1/2 everywhere, and both terms are log 1/2.",
        ),
        (
            "균형점에서 V는 얼마일까요?",
            "−log 4입니다. 모든 곳에서 D가 1/2이고 두 항이 모두 log 1/2입니다.",
        ),
    ),
    "collapse": (
        (
            "Why does G not spread by itself?",
            "Its loss looks at each point alone. Nobody asks for all modes.",
        ),
        (
            "G는 왜 스스로 퍼지지 않을까요?",
            "손실이 점을 하나씩만 봅니다. 모드를 모두 찾으라고 하는 항은 없습니다.",
        ),
    ),
    "gan": (
        (
            "Why are all scores near 1/2?",
            "The game is near its balance. The order still tells: look at the last ones.",
        ),
        (
            "점수가 왜 모두 1/2 근처일까요?",
            "게임이 균형에 가깝기 때문입니다. 그래도 순서에는 뜻이 있습니다. 맨 끝을 보세요.",
        ),
    ),
    "dcgan": (
        (
            "What have the convolutions brought?",
            "Neighbouring pixels belong together: the speckles go, and the distance in the summary falls.",
        ),
        (
            "합성곱은 무엇을 바꾸었을까요?",
            "이웃한 픽셀을 함께 보므로 잡티가 사라지고, 마지막 표의 거리도 줄어듭니다.",
        ),
    ),
    "training": (
        (
            "Why do the losses not fall to 0?",
            "Each is measured against an opponent who learns too.",
        ),
        (
            "손실은 왜 0으로 줄어들지 않을까요?",
            "함께 학습하는 상대를 기준으로 재기 때문입니다.",
        ),
    ),
    "cyclegan": (
        (
            "What does D_B not check?",
            "Whether the picture still shows the same thing. Any good picture of B would do.",
        ),
        (
            "D_B가 확인하지 않는 것은 무엇일까요?",
            "같은 대상을 그렸는지입니다. B처럼 보이기만 하면 어떤 그림이든 통과합니다.",
        ),
    ),
    "back": (
        ("How many networks learn here?", "Four: two generators and two discriminators."),
        ("여기서 학습하는 신경망은 몇 개일까요?", "네 개입니다. 생성자 둘과 판별자 둘입니다."),
    ),
    "cycle": (
        (
            "What would the generators do without the cycle?",
            "They might make the same good picture of everything.",
        ),
        (
            "순환 손실이 없으면 생성자는 어떻게 할까요?",
            "무엇을 넣어도 그럴듯한 그림 하나만 내놓을 수 있습니다.",
        ),
    ),
    "noise": (
        (
            "Until which t do you see the 3?",
            "Vote. Details drown first, the coarse form last.",
        ),
        (
            "어느 t까지 3이 보입니까?",
            "손을 들어 봅시다. 세부가 먼저 잠기고 큰 형태가 마지막까지 남습니다.",
        ),
    ),
    "denoise": (
        (
            "Why many steps and not one?",
            "In one step the network answers with the mean of all digits that fit: a blur.",
        ),
        (
            "왜 한 번에 하지 않고 여러 단계로 할까요?",
            "한 번에 답하면 어울리는 모든 숫자의 평균, 곧 흐릿한 얼룩이 되기 때문입니다.",
        ),
    ),
    "networks": (
        (
            "Why can x₀ not be found at the end where only noise is?",
            "There the share of the picture is 0, and one would divide by it.",
        ),
        (
            "노이즈뿐인 끝에서는 왜 x₀를 구할 수 없을까요?",
            "그림의 몫 aₜ가 0이어서 0으로 나누게 됩니다.",
        ),
    ),
    "guidance": (
        (
            "What is lost as the guidance grows?",
            "Variety: all samples become alike, and in the end they break.",
        ),
        (
            "가이던스를 키우면 무엇을 잃을까요?",
            "다양성입니다. 표본이 모두 비슷해지다가 마침내 망가집니다.",
        ),
    ),
    "own": (
        (
            "From which t on does it become another digit?",
            "From where the strokes that tell it apart have drowned.",
        ),
        (
            "어느 t부터 다른 숫자가 될까요?",
            "그 숫자를 구별해 주던 획이 잠긴 때부터입니다.",
        ),
    ),
    "fill": (
        (
            "Was it trained to fill in?",
            "No. At every step the known part is put back.",
        ),
        (
            "채워 넣기를 따로 학습했을까요?",
            "아닙니다. 단계마다 아는 부분을 되돌려 놓을 뿐입니다.",
        ),
    ),
    "summary": (
        (
            "You need probabilities, or speed, or the best pictures: which family?",
            "An exact density for probabilities, a GAN for a single pass, diffusion for the pictures, an "
            "autoencoder or a VAE for the latent space.",
        ),
        (
            "확률이 필요할 때, 속도가 필요할 때, 그림이 가장 좋아야 할 때 무엇을 고를까요?",
            "확률은 정확한 밀도, 속도는 한 번이면 되는 GAN, 그림은 확산 모델, 잠재 공간은 오토인코더나 "
            "VAE입니다.",
        ),
    ),
    "exercises": (
        (
            "Which of the five do you think is hardest?",
            "Let groups of three take one each, and show their link at the end.",
        ),
        (
            "다섯 문제 가운데 어느 것이 가장 어려워 보입니까?",
            "세 명씩 한 문제를 맡아 마지막에 링크로 결과를 보여 줍니다.",
        ),
    ),
    "reading": (
        (
            "Which paper would you read first?",
            "The tutorial of 2016 for the tree, then the paper of the family that you liked best.",
        ),
        (
            "어느 논문을 먼저 읽으면 좋을까요?",
            "나무를 다룬 2016년의 튜토리얼을 읽고, 가장 마음에 든 갈래의 논문으로 넘어가세요.",
        ),
    ),
}
"""step -> (question, answer) in English, and in Korean"""
TEXT = {
    f"note.{step}.{part}": (english[i], korean[i])
    for step, (english, korean) in NOTES.items()
    for i, part in enumerate(("question", "answer"))
}
