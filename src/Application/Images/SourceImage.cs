using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>An original that thumbnails are made from.</summary>
/// <param name="FileName">The original, in the workspace.</param>
/// <param name="Crop">What the thumbnails show, in pixels of the upright picture; null for all of it.</param>
internal sealed record SourceImage(IWorkspace Workspace, string FileName, ImageKey Key, CropArea? Crop);
