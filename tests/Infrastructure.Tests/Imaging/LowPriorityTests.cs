using System.Globalization;
using ImageBackend.Infrastructure.Processes;

namespace ImageBackend.Infrastructure.Tests.Imaging;

public sealed class LowPriorityTests
{
    [Fact]
    public void Holds_for_the_work_and_not_for_its_caller()
    {
        int during = 0;
        int before = NiceOfThisThread();

        LowPriority.Run(() => during = NiceOfThisThread());

        during.Should().Be(10);
        NiceOfThisThread().Should().Be(before);
    }

    [Fact]
    public void A_failure_is_the_callers()
    {
        Action act = () => LowPriority.Run(() => throw new InvalidOperationException("of the work"));

        act.Should().Throw<InvalidOperationException>().WithMessage("of the work");
    }

    // After the name in brackets, the state is the first field and the nice value the seventeenth.
    private static int NiceOfThisThread()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
