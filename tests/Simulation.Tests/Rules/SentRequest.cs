using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>A request that a client has sent.</summary>
/// <param name="Key">Of the image; null for an upload and a batch.</param>
/// <param name="Text">The content of an upload.</param>
internal sealed record SentRequest(Operation Operation, Machine Machine, ImageKey? Key, string? Text, CropArea? Crop)
{
    /// <summary>Faults of the machine before it.</summary>
    public int FaultsBefore { get; init; }

    /// <summary>Whether a client was told before it that the image is published.</summary>
    public bool IsOfPublished { get; set; }

    /// <summary>Whether nothing else was setting the image's crop when it was sent.</summary>
    public bool IsOnlyCrop { get; set; }

    /// <summary>Requests that set a crop before it.</summary>
    public int CropsBefore { get; set; }

    /// <summary>What the same change of the image has made before; null if that may be something else by now.</summary>
    public ImageKey? MadeBefore { get; set; }

    public bool HadFault => Machine.Faults > FaultsBefore;

    public override string ToString() => $"{Operation} ({Key?.ToString() ?? Text}{(Crop is null ? "" : $" {Crop}")})";
}
