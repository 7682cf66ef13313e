namespace ImageBackend.Application.Images.Verify;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Key">Of the object that is not as it should be.</param>
public sealed record Finding(FindingKind Kind, string Key, bool IsRepaired);

public enum FindingKind
{
    /// <summary>A thumbnail is not there.</summary>
    Missing,

    /// <summary>A thumbnail was made by another recipe, or by an older site.</summary>
    Stale,

    /// <summary>An object has no bytes.</summary>
    Empty,

    /// <summary>A thumbnail without an original, or of a size that is no longer set.</summary>
    Orphaned,

    /// <summary>A thumbnail has not the size that its original would give.</summary>
    WrongSize,

    /// <summary>An original or a thumbnail can't be decoded.</summary>
    Undecodable,

    /// <summary>A publish was begun and is not finished: the service does that.</summary>
    Unfinished,

    /// <summary>An original tells where it was taken, though the settings do not want that published.</summary>
    Place,

    /// <summary>An object has another content type, Cache-Control or access than the settings say.</summary>
    ServedWrong,
}
