using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>One piece of work, done here or sent to a worker process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "work")]
[JsonDerivedType(typeof(CheckJob), "check")]
[JsonDerivedType(typeof(InspectJob), "inspect")]
[JsonDerivedType(typeof(CompareJob), "compare")]
[JsonDerivedType(typeof(HeaderJob), "header")]
[JsonDerivedType(typeof(ForeignHeaderJob), "foreign header")]
[JsonDerivedType(typeof(ConvertJob), "convert")]
[JsonDerivedType(typeof(StripJob), "strip")]
[JsonDerivedType(typeof(ThumbnailsJob), "thumbnails")]
[JsonDerivedType(typeof(HashJob), "hash")]
[JsonDerivedType(typeof(TurnJob), "turn")]
internal abstract record Job
{
    /// <returns>The folder that contains all its files.</returns>
    public abstract string Workspace();

    /// <returns>The same job on the same files, after their folder was moved.</returns>
    /// <param name="workspace">Where it is now.</param>
    public abstract Job In(string workspace);
}

/// <summary>Proves that unneeded loaders are blocked and needed ones are not, by trying some.</summary>
/// <param name="Folder">For the files to try.</param>
internal sealed record CheckJob(string Folder) : Job
{
    public override string Workspace() => Folder;

    public override Job In(string workspace) => new CheckJob(workspace);
}

/// <param name="Path">The picture's file.</param>
/// <param name="Format">As given by its first bytes; no other decoder is tried.</param>
internal abstract record PictureJob(string Path, ImageFormat Format) : Job
{
    public override string Workspace() => System.IO.Path.GetDirectoryName(Path)!;

    protected static string In(string workspace, string path) => System.IO.Path.Combine(workspace, System.IO.Path.GetFileName(path));
}

/// <summary>Inspects a file that somebody sent, for the first time.</summary>
/// <param name="Format">By its signature. SVG has none, so the file is either a drawing or nothing that is accepted.</param>
/// <param name="Sanitised">The file to write if it is a drawing; null: drawings are not accepted.</param>
internal sealed record InspectJob(string Path, ImageFormat Format, string? Sanitised) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Sanitised = Sanitised is null ? null : In(workspace, Sanitised) };
}

/// <param name="Sanitised">The sanitised copy.</param>
internal sealed record CompareJob(string Path, ImageFormat Format, string Sanitised) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Sanitised = In(workspace, Sanitised) };
}

internal sealed record HeaderJob(string Path, ImageFormat Format) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path) };
}

/// <summary>Inspects a photo in a format that is not stored.</summary>
internal sealed record ForeignHeaderJob(string Path, ImageFormat Format) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path) };
}

/// <param name="Into">As in <see cref="IImageProcessor.ConvertAsync"/>.</param>
internal sealed record ConvertJob(string Path, ImageFormat Format, ImageFormat? Into, string Destination) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Destination = In(workspace, Destination) };
}

internal sealed record StripJob(string Path, ImageFormat Format, Stripping What, string Destination) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Destination = In(workspace, Destination) };
}

internal sealed record ThumbnailsJob(string Path, ImageFormat Format, CropArea? Crop, IReadOnlyList<ThumbnailTarget> Targets) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with
    {
        Path = In(workspace, Path),
        Targets = [.. Targets.Select(target => target with { Path = In(workspace, target.Path) })],
    };
}

/// <summary>Makes a placeholder of a stored thumbnail.</summary>
internal sealed record HashJob(string Path, ImageFormat Format) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path) };
}

internal sealed record TurnJob(string Path, ImageFormat Format, Rotation? Rotation, string Destination) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Destination = In(workspace, Destination) };
}

/// <param name="Header">For a <see cref="HeaderJob"/>, a <see cref="ForeignHeaderJob"/> or an <see cref="InspectJob"/>; null for a drawing that is not accepted.</param>
/// <param name="Sizes">For a <see cref="ThumbnailsJob"/>: the size of each target, in order.</param>
/// <param name="ThumbHash">For a <see cref="ThumbnailsJob"/> or a <see cref="HashJob"/>, as in <see cref="MadePictures"/>.</param>
/// <param name="Drawing">For an <see cref="InspectJob"/> or a <see cref="CompareJob"/>.</param>
/// <param name="Open">For a <see cref="CheckJob"/>: a file that was read, although it should not have been.</param>
/// <param name="Closed">For a <see cref="CheckJob"/>: a format that should be converted, but can't be read.</param>
internal sealed record JobAnswer(
    ImageHeader? Header = null, IReadOnlyList<PixelSize>? Sizes = null, string? ThumbHash = null, DrawingChange? Drawing = null, string? Open = null, ImageFormat? Closed = null);

/// <summary>Whether a drawing looks different once it is sanitised.</summary>
internal enum DrawingChange
{
    None,

    /// <summary>A <see cref="CompareJob"/> has to find out.</summary>
    Unclear,
    Altered,
}
