namespace ImageBackend.Simulation.Tests.Schedules;

internal enum OperationKind
{
    Upload,
    UploadBroken,
    Publish,
    Recrop,
    Rotate,
    Delete,
    Resize,
    Clean,
    Verify,
    Pass,
    SetClock,
}

/// <summary>One thing that an actor does; it does one after the other.</summary>
/// <param name="Actor">Who: a client, or the clock.</param>
/// <param name="Machine">Index of the machine that it is sent to.</param>
/// <param name="Image">Which of the images.</param>
/// <param name="Variant">Which crop, rotation, name or time: 0 is the simplest.</param>
internal sealed record Operation(int Actor, OperationKind Kind, int Machine, int Image, int Variant)
{
    public bool IsOfClock => Kind is OperationKind.Pass or OperationKind.SetClock;

    public bool IsUpload => Kind is OperationKind.Upload or OperationKind.UploadBroken;

    public bool IsBatch => Kind is OperationKind.Resize or OperationKind.Clean or OperationKind.Verify;

    public override string ToString() =>
        IsOfClock ? $"clock: {Kind} {Variant}"
        : IsBatch ? $"actor {Actor}: {Kind} {Variant} by {Schedule.MachineNames[Machine]}"
        : $"actor {Actor}: {Kind} {Variant} of image {Image} at {Schedule.MachineNames[Machine]}";
}
