using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>What is known about one image from what clients sent and were answered.</summary>
internal sealed class ImageRecord(ImageKey key)
{
    public ImageKey Key => key;

    /// <summary>Its content; null until it is known.</summary>
    public string? Text { get; set; }

    /// <summary>Whether it is what was uploaded, not what a recrop or rotate made of it.</summary>
    public bool IsUpload { get; set; }

    /// <summary>Whether a client was told of it.</summary>
    public bool IsAnswered { get; set; }

    public bool IsPublishSent { get; set; }

    /// <summary>Whether a client was told that it is published.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Deletes and rotates that were sent, whatever came of them.</summary>
    public int RemovalsSent { get; set; }

    public bool IsDeleteSent { get; set; }

    /// <summary>Whether a client was told that it is removed.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Removed and made again at the same time: either may have come last.</summary>
    public bool IsUnclear { get; set; }

    /// <summary>Processes that have put it into active, and have not looked since whether it was deleted, or found that it was.</summary>
    public HashSet<object> Unsettled { get; } = [];

    /// <summary>One of them failed while it was on its way out, so it may not have removed it again.</summary>
    public bool MayBeRevived { get; set; }

    /// <summary>How old it ever was in incoming, by the wall clock.</summary>
    public TimeSpan MaxAge { get; set; }

    public DateTimeOffset StoredAt { get; set; }

    /// <summary>Whether the copy in active was compared with the original in incoming since that was written.</summary>
    public bool IsVerified { get; set; }

    /// <summary>What recrops and rotates have made of it, and when.</summary>
    public Dictionary<string, (ImageKey Key, DateTimeOffset At)> Changes { get; } = [];

    /// <summary>The crop that the last of them set, if it is certain.</summary>
    public CropArea? Crop { get; set; }

    public bool IsCropCertain { get; set; }

    /// <summary>Whether the cleaner may have removed it. Clocks differ by minutes.</summary>
    public bool MayHaveExpired => MaxAge > TimeSpan.FromMinutes(100);
}
