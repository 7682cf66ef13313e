namespace ImageBackend.Application.Images.Verify;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Key">The key of that object.</param>
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

    /// <summary>A thumbnail does not have the size that its original would give.</summary>
    WrongSize,

    /// <summary>An original or a thumbnail can't be decoded.</summary>
    Undecodable,

    /// <summary>A publish has begun and is not finished: the service will finish it.</summary>
    Unfinished,

    /// <summary>An original reveals where it was taken, although the settings do not want that published.</summary>
    Place,

    /// <summary>An object's content type, Cache-Control or access is not what the settings say.</summary>
    ServedWrong,
}
