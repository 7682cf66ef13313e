namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>What was sent to an upload and to whatever was made of it.</summary>
internal sealed class Family
{
    public bool IsPublishSent { get; set; }

    public bool IsDeleteSent { get; set; }

    public int RotatesSent { get; set; }

    public int RecropsSent { get; set; }

    /// <summary>Recrops and rotates that are not answered.</summary>
    public int ChangesUnderWay { get; set; }

    /// <summary>Publishes with a crop that are not answered.</summary>
    public int CropsUnderWay { get; set; }

    /// <summary>Counts the publishes with a crop, to tell whether one was alone.</summary>
    public int CropsSent { get; set; }

    /// <summary>One of them failed, and what it did may still come; or something else failed that may have taken a crop away.</summary>
    public bool IsCropUnclear { get; set; }

    /// <summary>Something of it was made to be removed, so a publish of it may be undone at any time.</summary>
    public bool IsRemovalSent => IsDeleteSent || RotatesSent > 0;
}
