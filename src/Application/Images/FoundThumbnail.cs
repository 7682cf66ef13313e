using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>A thumbnail that a storage has.</summary>
internal sealed record FoundThumbnail(ThumbnailSpec Spec, ImageFormat Format, StoredImage Stored)
{
    /// <returns>Whether it shows what it must. One without a recipe was made by an older site: it does if there is no crop.</returns>
    public bool MatchesCrop(CropArea? crop) => Stored.Properties.Recipe is { } recipe ? Recipe.Matches(recipe, Spec, Format, crop) : crop is null;
}
