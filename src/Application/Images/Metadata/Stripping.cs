namespace ImageBackend.Application.Images.Metadata;

/// <summary>What is taken out of originals before they are stored. Their pixels are never touched.</summary>
public enum Stripping
{
    None,

    /// <summary>All that says where a photo was taken.</summary>
    Gps,

    /// <summary>Everything but pixels, colours, orientation and resolution.</summary>
    All,
}

/// <summary>What the public may learn of a photo besides its pixels.</summary>
/// <param name="ExposesGps">Whether the answer to an upload tells where the photo was taken.</param>
public sealed record PrivacyRules(Stripping Strip, bool ExposesGps);
