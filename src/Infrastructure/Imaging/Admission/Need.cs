using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Admission;

/// <summary>Waits until there is room for a decode.</summary>
/// <exception cref="InvalidImageException">There will never be enough.</exception>
internal delegate Task Admit(Need need);

/// <param name="Bytes">Memory that the job takes at most from now on; what was admitted before is given back.</param>
/// <param name="Times">Time it may take, as a multiple of a still picture's: 1 to <see cref="MaxTimes"/>.</param>
internal readonly record struct Need(long Bytes, int Times = 1)
{
    /// <summary>For an animation whose thumbnails have ten times <see cref="PixelsOfOne"/> in all frames together.</summary>
    public const int MaxTimes = 10;

    /// <summary>Pixels of frames to encode for which the time of one still picture is enough; a million takes 0.2 to 0.5 s.</summary>
    public const long PixelsOfOne = 20_000_000;

    public static implicit operator Need(long bytes) => new(bytes);

    /// <param name="encoded">Pixels of all frames of all animated thumbnails.</param>
    public static Need Of(long bytes, long encoded) => new(bytes, (int)Math.Clamp((encoded + PixelsOfOne - 1) / PixelsOfOne, 1, MaxTimes));
}
