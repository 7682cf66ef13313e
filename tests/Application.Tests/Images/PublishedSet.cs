using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>One image with its thumbnails, as an upload of this service or of an older one leaves it.</summary>
internal static class PublishedSet
{
    public const string Stem = "1475660224_882910455";
    public const string Key = Stem + ".jpg";

    public static readonly byte[] Photo = TestPictures.Jpeg("the photo");

    public static readonly string[] BaseKeys = [Key, Stem + "BI.jpg", Stem + "MI.jpg", Stem + "SI.jpg"];

    public static readonly string[] ModernKeys =
        [Stem + "BI.avif", Stem + "BI.webp", Stem + "MI.avif", Stem + "MI.webp", Stem + "SI.avif", Stem + "SI.webp"];

    public static readonly string[] AllKeys = [.. BaseKeys.Concat(ModernKeys).Order(StringComparer.Ordinal)];

    /// <summary>Puts some of an image's objects there, each with the properties that an upload gives it.</summary>
    public static void Seed(InMemoryImageStorage storage, params string[] keys)
    {
        foreach (string key in keys)
        {
            storage.Seed(key, key == Key ? Photo : Encoding.Latin1.GetBytes(ContentOf(key)), new ImageProperties(RecipeOf(key)));
        }
    }

    /// <returns>Null for the original, today's recipe for a thumbnail.</returns>
    public static string? RecipeOf(string key) =>
        key == Key ? null : Recipe.Of(ThumbnailSet.Default.Specs.Single(spec => key.Contains(spec.Suffix)), ImageKey.Parse(key).Format);

    /// <summary>The content that identifies a seeded thumbnail.</summary>
    public static string ContentOf(string key) => $"seeded {key}";

    /// <summary>A storage holds the image and nothing else, each object with its own content.</summary>
    public static void ShouldHold(this InMemoryImageStorage storage, IEnumerable<string> keys, string because)
    {
        storage.Keys.Should().Equal(keys.Order(StringComparer.Ordinal), because);
        foreach (string key in keys)
        {
            string content = Encoding.Latin1.GetString(storage.ContentOf(key));
            ImageKey parsed = ImageKey.Parse(key);
            content.Should().BeOneOf(
                key == Key
                    ? [Encoding.Latin1.GetString(Photo)]
                    : [ContentOf(key), FakeImageProcessor.ThumbnailOf(Photo, parsed.Stem[^2..], parsed.Format)],
                because);
            storage.PropertiesOf(key).Recipe.Should().Be(RecipeOf(key), because);
        }
    }
}
