using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>One piece of work, as it is done here or sent to a worker process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "work")]
[JsonDerivedType(typeof(CheckJob), "check")]
[JsonDerivedType(typeof(SanitiseJob), "sanitise")]
[JsonDerivedType(typeof(CompareJob), "compare")]
[JsonDerivedType(typeof(HeaderJob), "header")]
[JsonDerivedType(typeof(ThumbnailsJob), "thumbnails")]
[JsonDerivedType(typeof(TurnJob), "turn")]
internal abstract record Job;

/// <summary>Proves that loaders which nobody needs are closed, by trying some.</summary>
/// <param name="Folder">For the files that are tried.</param>
internal sealed record CheckJob(string Folder) : Job;

/// <param name="Path">The picture's file.</param>
/// <param name="Format">What its first bytes say; no other decoder is tried.</param>
internal abstract record PictureJob(string Path, ImageFormat Format) : Job;

internal sealed record SanitiseJob(string Path, ImageFormat Format, string Destination) : PictureJob(Path, Format);

/// <param name="Sanitised">What was made of it.</param>
internal sealed record CompareJob(string Path, ImageFormat Format, string Sanitised) : PictureJob(Path, Format);

internal sealed record HeaderJob(string Path, ImageFormat Format) : PictureJob(Path, Format);

internal sealed record ThumbnailsJob(string Path, ImageFormat Format, CropArea? Crop, IReadOnlyList<ThumbnailTarget> Targets) : PictureJob(Path, Format);

internal sealed record TurnJob(string Path, ImageFormat Format, Rotation? Rotation, string Destination) : PictureJob(Path, Format);

/// <param name="Header">Of a <see cref="HeaderJob"/>.</param>
/// <param name="Sizes">Of a <see cref="ThumbnailsJob"/>: of each target, in order.</param>
/// <param name="Drawing">Of a <see cref="SanitiseJob"/> or a <see cref="CompareJob"/>.</param>
/// <param name="Open">Of a <see cref="CheckJob"/>: a file that was read, though it should not.</param>
internal sealed record JobAnswer(ImageHeader? Header = null, IReadOnlyList<PixelSize>? Sizes = null, DrawingChange? Drawing = null, string? Open = null);

/// <summary>Whether a drawing looks otherwise once it is sanitised.</summary>
internal enum DrawingChange
{
    None,

    /// <summary>To be found out by a <see cref="CompareJob"/>.</summary>
    Unclear,
    Altered,
}

/// <summary>Waits until there is room for a decode.</summary>
/// <param name="bytes">Of memory that it will need at most, by the picture's header.</param>
/// <exception cref="InvalidImageException">There will never be so much.</exception>
internal delegate Task Admit(long bytes);
