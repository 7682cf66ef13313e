using System.Globalization;
using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>What a storage knows about one object.</summary>
/// <param name="Bytes">Length of the content.</param>
/// <param name="WrittenAt">When this content was stored.</param>
/// <param name="ETag">Changes with the content; without quotes.</param>
public sealed record StoredImage(ImageKey Key, long Bytes, DateTimeOffset WrittenAt, string ETag, ImageProperties Properties)
{
    /// <summary>Whether the content type and Cache-Control kept with it, if any, match the settings.</summary>
    public bool HasConfiguredHeaders { get; init; } = true;
}

/// <summary>An object opened for reading: the facts describe exactly the content that the stream gives.</summary>
/// <param name="Content">At its start, or at <see cref="Start"/>; closed by <see cref="DisposeAsync"/>. Not always seekable.</param>
public sealed record OpenedImage(StoredImage Facts, Stream Content) : IAsyncDisposable
{
    /// <summary>The byte of the object that <see cref="Content"/> begins with, if only a part was opened.</summary>
    public long Start { get; init; }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The bytes of an object that a reader requests.</summary>
/// <param name="From">The first byte, counted from 0; null for the last <paramref name="To"/> bytes.</param>
/// <param name="To">The last byte; null for the end. At least one of the two is given.</param>
public sealed record BytePart(long? From, long? To)
{
    /// <summary>If set, the part is wanted only of the object with this ETag, and all of any other.</summary>
    public string? IfETag { get; init; }

    /// <summary>If set, the part is wanted only of an object that was not written later, and all of any other.</summary>
    public DateTimeOffset? IfWrittenBy { get; init; }

    /// <returns>Whether a part of this object is wanted.</returns>
    public bool IsOf(StoredImage found) => (IfETag is null || found.ETag == IfETag) && (IfWrittenBy is null || found.WrittenAt <= IfWrittenBy);

    /// <param name="bytes">Length of an object.</param>
    /// <returns>Whether it has at least one byte of this part.</returns>
    public bool IsWithin(long bytes) => From is { } from ? from < bytes : To > 0 && bytes > 0;

    /// <summary>As in HTTP, such as <c>0-99</c>, <c>100-</c> or <c>-5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}");
}

/// <summary>What a listing says about one object.</summary>
public sealed record ListedImage(ImageKey Key, long Bytes, DateTimeOffset WrittenAt);

/// <summary>What is kept beside an object.</summary>
/// <param name="Recipe">For a thumbnail: the <see cref="Domain.Recipe"/> that it was made by; null for all those of older sites.</param>
/// <param name="Crop">For an original: the area that its thumbnails show, or null for all of it.</param>
public sealed record ImageProperties(string? Recipe = null, CropArea? Crop = null)
{
    public static readonly ImageProperties None = new();

    /// <summary>The <see cref="StoredImage.ETag"/> of the content that the recipe describes, if it was found in a storage; null for the
    /// content that it is stored with. A copy of another content gets no recipe.</summary>
    public string? RecipeOf { get; init; }

    /// <summary>Compares recipe and crop: where a recipe was found is not part of what it says.</summary>
    public bool Equals(ImageProperties? other) => other is not null && Recipe == other.Recipe && Crop == other.Crop;

    public override int GetHashCode() => HashCode.Combine(Recipe, Crop);

    /// <returns>These properties for a content that is to be copied; with its own recipe if this one describes another content.</returns>
    public ImageProperties For(StoredImage content)
    {
        ImageProperties kept = Of(content.ETag);
        return kept.Recipe is null && Recipe is not null ? kept with { Recipe = content.Properties.Recipe, RecipeOf = content.ETag } : kept;
    }

    /// <returns>These properties for a content with an ETag; without the recipe if it describes another content.</returns>
    public ImageProperties Of(string etag) => Recipe is not null && (RecipeOf ?? etag) == etag ? this with { RecipeOf = etag } : new(Crop: Crop);
}
