namespace ImageBackend.Application.Abstractions;

/// <summary>What is removed from originals before they are stored. Their pixels are never touched.</summary>
public enum Stripping
{
    None,

    /// <summary>Anything that reveals where a photo was taken.</summary>
    Gps,

    /// <summary>Everything except pixels, colours, orientation and resolution.</summary>
    All,
}
