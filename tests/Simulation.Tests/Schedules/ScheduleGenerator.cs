using ImageBackend.Simulation.Tests.Engine;

namespace ImageBackend.Simulation.Tests.Schedules;

/// <summary>Makes a schedule from a seed: few images and several clients, so that they meet.</summary>
internal static class ScheduleGenerator
{
    private const int Clients = 3;
    private const int BatchActor = Clients;
    private const int ClockActor = Clients + 1;

    private static readonly int[] CallsOfMachine = [70, 70, 50];

    // As often as it stands here.
    private static readonly OperationKind[] Kinds = Repeat(
        (OperationKind.Publish, 30), (OperationKind.Recrop, 10), (OperationKind.Rotate, 12), (OperationKind.Delete, 14), (OperationKind.UploadBroken, 2),
        (OperationKind.Resize, 6), (OperationKind.Clean, 4), (OperationKind.Verify, 6), (OperationKind.Pass, 10), (OperationKind.SetClock, 4));

    private static readonly FaultKind[] FaultKinds = Repeat(
        (FaultKind.Fails, 25), (FaultKind.FailsAfterwards, 15), (FaultKind.HappensLate, 10), (FaultKind.AnswersLate, 8),
        (FaultKind.KilledBefore, 15), (FaultKind.KilledAfter, 17), (FaultKind.ClientsLeave, 10));

    private static readonly int[] Skews = [0, 0, 0, 4, -4];

    private static readonly int[] Stickiness = [0, 50, 80, 95];

    private static readonly int[] FaultCounts = [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 6];

    private static readonly int[] ModernFormats = [0, 0, 0, 1, 1, 2];

    public static Schedule Make(ulong seed)
    {
        Prng random = new(seed);
        int images = random.Pick([1, 1, 1, 2, 2, 3]);
        List<Operation> operations = [];
        for (int image = 0; image < images; image++)
        {
            operations.Add(new Operation(random.Next(Clients), OperationKind.Upload, random.Next(2), image, 0));
        }

        int count = 2 + random.Next(random.Chance(20) ? 20 : 8);
        for (int i = 0; i < count; i++)
        {
            operations.Add(MakeOperation(random, images, broken: 100 + i));
        }

        Fault[] faults = new Fault[random.Pick(FaultCounts)];
        for (int i = 0; i < faults.Length; i++)
        {
            int machine = random.Pick([0, 0, 0, 0, 1, 1, 1, 1, 2]);
            faults[i] = new Fault(machine, 1 + random.Next(CallsOfMachine[machine]), random.Pick(FaultKinds));
        }

        return new Schedule
        {
            Operations = operations,
            Faults = faults,
            ModernFormats = random.Pick(ModernFormats),
            TagsContent = random.Chance(50),
            Skews = [random.Pick(Skews), random.Pick(Skews), random.Pick(Skews)],
            ChoiceSeed = random.Draw(),
            Stickiness = random.Pick(Stickiness),
        };
    }

    private static Operation MakeOperation(Prng random, int images, int broken)
    {
        OperationKind kind = random.Pick(Kinds);
        int image = random.Next(images);
        int which = random.Chance(35) ? 10 : 0;
        return kind switch
        {
            OperationKind.Pass => new Operation(ClockActor, kind, 0, image, random.Next(5)),
            OperationKind.SetClock => new Operation(ClockActor, kind, 0, image, random.Next(4)),
            OperationKind.Resize or OperationKind.Clean or OperationKind.Verify => new Operation(BatchActor, kind, Schedule.Console, image, random.Next(2)),
            OperationKind.UploadBroken => new Operation(random.Next(Clients), kind, random.Next(2), broken, 0),
            OperationKind.Publish => new Operation(random.Next(Clients), kind, random.Next(2), image, which + (random.Chance(50) ? 0 : random.Next(3))),
            _ => new Operation(random.Next(Clients), kind, random.Next(2), image, which + random.Next(3)),
        };
    }

    private static T[] Repeat<T>(params (T Value, int Times)[] all) => [.. all.SelectMany(one => Enumerable.Repeat(one.Value, one.Times))];
}
