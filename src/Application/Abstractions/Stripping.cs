namespace ImageBackend.Application.Abstractions;

/// <summary>What is taken out of originals before they are stored. Their pixels are never touched.</summary>
public enum Stripping
{
    None,

    /// <summary>All that says where a photo was taken.</summary>
    Gps,

    /// <summary>Everything but pixels, colours, orientation and resolution.</summary>
    All,
}
