using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>One piece of work, as it is done here or sent to a worker process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "work")]
[JsonDerivedType(typeof(CheckJob), "check")]
[JsonDerivedType(typeof(InspectJob), "inspect")]
[JsonDerivedType(typeof(CompareJob), "compare")]
[JsonDerivedType(typeof(HeaderJob), "header")]
[JsonDerivedType(typeof(StripJob), "strip")]
[JsonDerivedType(typeof(ThumbnailsJob), "thumbnails")]
[JsonDerivedType(typeof(TurnJob), "turn")]
internal abstract record Job
{
    /// <returns>The folder that all its files are in.</returns>
    public abstract string Workspace();

    /// <returns>The same job on the same files, when their folder has been moved.</returns>
    /// <param name="workspace">Where it is now.</param>
    public abstract Job In(string workspace);
}

/// <summary>Proves that loaders which nobody needs are closed, by trying some.</summary>
/// <param name="Folder">For the files that are tried.</param>
internal sealed record CheckJob(string Folder) : Job
{
    public override string Workspace() => Folder;

    public override Job In(string workspace) => new CheckJob(workspace);
}

/// <param name="Path">The picture's file.</param>
/// <param name="Format">What its first bytes say; no other decoder is tried.</param>
internal abstract record PictureJob(string Path, ImageFormat Format) : Job
{
    public override string Workspace() => System.IO.Path.GetDirectoryName(Path)!;

    protected static string In(string workspace, string path) => System.IO.Path.Combine(workspace, System.IO.Path.GetFileName(path));
}

/// <summary>Looks for the first time into a file that somebody sent.</summary>
/// <param name="Format">By its signature; SVG: it has none, so that it is a drawing or nothing that is taken.</param>
/// <param name="Sanitised">The file to write, of a drawing; null: drawings are not wanted.</param>
internal sealed record InspectJob(string Path, ImageFormat Format, string? Sanitised) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Sanitised = Sanitised is null ? null : In(workspace, Sanitised) };
}

/// <param name="Sanitised">What was made of it.</param>
internal sealed record CompareJob(string Path, ImageFormat Format, string Sanitised) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Sanitised = In(workspace, Sanitised) };
}

internal sealed record HeaderJob(string Path, ImageFormat Format) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path) };
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

internal sealed record TurnJob(string Path, ImageFormat Format, Rotation? Rotation, string Destination) : PictureJob(Path, Format)
{
    public override Job In(string workspace) => this with { Path = In(workspace, Path), Destination = In(workspace, Destination) };
}

/// <param name="Header">Of a <see cref="HeaderJob"/>, or of an <see cref="InspectJob"/>; null: of a drawing that is not wanted.</param>
/// <param name="Sizes">Of a <see cref="ThumbnailsJob"/>: of each target, in order.</param>
/// <param name="Drawing">Of an <see cref="InspectJob"/> or a <see cref="CompareJob"/>.</param>
/// <param name="Open">Of a <see cref="CheckJob"/>: a file that was read, though it should not.</param>
internal sealed record JobAnswer(ImageHeader? Header = null, IReadOnlyList<PixelSize>? Sizes = null, DrawingChange? Drawing = null, string? Open = null);

/// <summary>Whether a drawing looks different once it is sanitised.</summary>
internal enum DrawingChange
{
    None,

    /// <summary>To be found out by a <see cref="CompareJob"/>.</summary>
    Unclear,
    Altered,
}
