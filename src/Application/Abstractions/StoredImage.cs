using System.Globalization;
using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>What a storage knows of one object.</summary>
/// <param name="Bytes">Length of the content.</param>
/// <param name="WrittenAt">When this content was stored.</param>
/// <param name="ETag">Changes with the content; without quotes.</param>
public sealed record StoredImage(ImageKey Key, long Bytes, DateTimeOffset WrittenAt, string ETag, ImageProperties Properties)
{
    /// <summary>Whether the content type and Cache-Control that are kept with it, if any are, are those of the settings.</summary>
    public bool HasConfiguredHeaders { get; init; } = true;
}

/// <summary>An object opened for reading: the facts are those of the very content that the stream gives.</summary>
/// <param name="Content">At its start, or at <see cref="Start"/>; closed by <see cref="DisposeAsync"/>. Not always seekable.</param>
public sealed record OpenedImage(StoredImage Facts, Stream Content) : IAsyncDisposable
{
    /// <summary>The byte of the object that <see cref="Content"/> begins with, where only a part was opened.</summary>
    public long Start { get; init; }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The bytes of an object that a reader asks for.</summary>
/// <param name="From">The first, from 0; null: the last <paramref name="To"/> bytes.</param>
/// <param name="To">The last one; null: to the end. One of the two is given.</param>
public sealed record BytePart(long? From, long? To)
{
    /// <summary>The part is wanted of the object with this ETag only, of another one all; null: of any.</summary>
    public string? IfETag { get; init; }

    /// <summary>The part is wanted of an object that was not written later only, of another one all; null: of any.</summary>
    public DateTimeOffset? IfWrittenBy { get; init; }

    /// <returns>Whether a part is wanted of this object.</returns>
    public bool IsOf(StoredImage found) => (IfETag is null || found.ETag == IfETag) && (IfWrittenBy is null || found.WrittenAt <= IfWrittenBy);

    /// <param name="bytes">Length of an object.</param>
    /// <returns>Whether it has at least a byte of this part.</returns>
    public bool IsWithin(long bytes) => From is { } from ? from < bytes : To > 0 && bytes > 0;

    /// <summary>As HTTP has it, such as <c>0-99</c>, <c>100-</c> or <c>-5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}");
}

/// <summary>What a listing tells of one object.</summary>
public sealed record ListedImage(ImageKey Key, long Bytes, DateTimeOffset WrittenAt);

/// <summary>What is kept beside an object.</summary>
/// <param name="Recipe">On a thumbnail: the <see cref="Domain.Recipe"/> that it was made by; null on all of older sites.</param>
/// <param name="Crop">On an original: the area that its thumbnails show, or null for all of it.</param>
public sealed record ImageProperties(string? Recipe = null, CropArea? Crop = null)
{
    public static readonly ImageProperties None = new();

    /// <summary>The <see cref="StoredImage.ETag"/> of the content that the recipe describes, where it was found in a storage; null: of what it is
    /// put with. A copy of another content gets no recipe.</summary>
    public string? RecipeOf { get; init; }

    /// <summary>By recipe and crop: where a recipe was found is no part of what it says.</summary>
    public bool Equals(ImageProperties? other) => other is not null && Recipe == other.Recipe && Crop == other.Crop;

    public override int GetHashCode() => HashCode.Combine(Recipe, Crop);

    /// <returns>These, of a content that is to be copied; where the recipe describes another one, with the content's own.</returns>
    public ImageProperties For(StoredImage content)
    {
        ImageProperties kept = Of(content.ETag);
        return kept.Recipe is null && Recipe is not null ? kept with { Recipe = content.Properties.Recipe, RecipeOf = content.ETag } : kept;
    }

    /// <returns>These, of a content with an ETag; without the recipe when that describes another one.</returns>
    public ImageProperties Of(string etag) => Recipe is not null && (RecipeOf ?? etag) == etag ? this with { RecipeOf = etag } : new(Crop: Crop);
}
