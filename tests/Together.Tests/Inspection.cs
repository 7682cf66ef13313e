using System.Security.Cryptography;
using FluentAssertions.Execution;
using ImageBackend.Domain;
using ImageBackend.Testing;
using ImageBackend.Together.Tests.Rows;
using ImageBackend.Web.Tests;

namespace ImageBackend.Together.Tests;

/// <summary>What must be true whatever was done, judged from outside the service.</summary>
internal static class Inspection
{
    private static readonly double[] Places = [0.25, 0.75];

    // For what is made after an answer; a test that waits longer fails.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4); // an AVIF with a side of 30,000 pixels on a busy machine
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A row's images are exactly the expected ones, once the service has nothing left to do.</summary>
    /// <param name="stems">Stems of all the keys that the row has had.</param>
    public static async Task ShouldHaveAsync(this Site site, IReadOnlyCollection<string> stems, IReadOnlyList<ExpectedImage> expected)
    {
        (string[] incoming, string[] active) = (NamesIn(expected, isPublished: false), NamesIn(expected, isPublished: true));
        long started = TimeProvider.System.GetTimestamp();
        while (await MistakesAsync() is { Length: > 0 } mistakes)
        {
            TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(Patience, "nothing else should be there: {0}", string.Join('\n', mistakes));
            await Task.Delay(Pause);
        }

        foreach (ExpectedImage image in expected)
        {
            await site.ShouldBeWholeAsync(image);
        }

        // What may be the case for a while: thumbnails that are made, or remade, after the answer.
        async Task<string[]> MistakesAsync()
        {
            using AssertionScope scope = new();
            (await OfAsync(site.Service.Incoming)).Should().Equal(incoming, "nothing else belongs into incoming");
            (await OfAsync(site.Service.Active)).Should().Equal(active, "nothing else belongs into active");
            TempLeft.In(site.Service.Temp).Should().BeEmpty("nothing belongs into the temp folder when nothing is done");
            foreach (ExpectedImage image in scope.HasFailures() ? [] : expected)
            {
                foreach ((ThumbnailSpec spec, ImageFormat format, ImageKey key) in image.Thumbnails.Where(one => !one.Format.IsUploaded))
                {
                    ShouldBeThumbnail(image, spec, format, key, await site.StorageOf(image).ReadAsync(key.ToString()));
                }
            }

            return scope.Discard();
        }

        async Task<string[]> OfAsync(TestStorage storage) => [.. (await storage.NamesAsync()).Where(name => stems.Any(stem => name.StartsWith(stem, StringComparison.Ordinal)))];
    }

    /// <summary>The storages of a site contain nothing except what its rows left.</summary>
    public static async Task ShouldHaveNothingElseAsync(this Site site)
    {
        ExpectedImage[] all = [.. site.Expected.Values.SelectMany(images => images)];
        foreach ((TestStorage storage, bool isActive) in new[] { (site.Service.Incoming, false), (site.Service.Active, true) })
        {
            string[] images = NamesIn(all, isActive);
            string[] beside = [".meta", .. images.Select(name => $".meta/{name}.json")];
            string[] found = [.. (await storage.EverythingAsync()).Where(name => !site.Unknown.Any(stem => name.Contains(stem, StringComparison.Ordinal)))];
            found.Where(name => name[0] != '.').Should().Equal(images);
            // Marks beside incoming outlive their images by an hour.
            found.Where(name => name[0] == '.' && (isActive || !name.StartsWith(".marks", StringComparison.Ordinal))).Except(beside)
                .Should().BeEmpty("what is kept beside an image goes with it");
        }
    }

    public static string Sha256Of(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private static TestStorage StorageOf(this Site site, ExpectedImage image) => image.IsPublished ? site.Service.Active : site.Service.Incoming;

    private static string[] NamesIn(IEnumerable<ExpectedImage> images, bool isPublished) =>
        [.. images.Where(image => image.IsPublished == isPublished).SelectMany(image => image.Names).Order(StringComparer.Ordinal)];

    private static async Task ShouldBeWholeAsync(this Site site, ExpectedImage image)
    {
        TestStorage storage = site.StorageOf(image);
        site.ShouldBeOriginal(image, await storage.ReadAsync(image.Key.ToString()));
        foreach ((ThumbnailSpec spec, ImageFormat format, ImageKey key) in image.Thumbnails.Where(one => one.Format.IsUploaded))
        {
            ShouldBeThumbnail(image, spec, format, key, await storage.ReadAsync(key.ToString()));
        }
    }

    private static void ShouldBeOriginal(this Site site, ExpectedImage image, byte[] file)
    {
        if (image.Sha256 is { } sum)
        {
            Sha256Of(file).Should().Be(sum, "{0} is stored as it was told", image.Key);
        }

        if (image.Key.Format == ImageFormat.Svg)
        {
            return;
        }

        (int width, int height) = Look.SizeOf(file);
        new PixelSize(width, height).Should().Be(image.Stored, "this is the size of {0}", image.Key);
        if (site.Facts.Strip != "none")
        {
            (file.AsSpan().IndexOf(Sample.Place) >= 0).Should().BeFalse("{0} must not tell its place", image.Key);
        }

        if (site.Facts.Strip == "all")
        {
            (file.AsSpan().IndexOf(Sample.Owner) >= 0).Should().BeFalse("{0} must not tell its owner", image.Key);
        }
    }

    private static void ShouldBeThumbnail(ExpectedImage image, ThumbnailSpec spec, ImageFormat format, ImageKey key, byte[] file)
    {
        SeenPicture seen = SeenPicture.Of(file, format);
        seen.Size.Should().Be(spec.SizeOf(image.Part.Size), "this is the size of {0}", key);
        if (format == ImageFormat.Gif && image.Frames > 1)
        {
            // If a thumbnail shows a part, frames that differ only elsewhere become one frame that takes longer.
            seen.Hundredths.Should().Be(image.Frames * Sample.HundredthsPerFrame, "all of {0} is seen", key);
        }
        else
        {
            seen.Frames.Should().Be(1, "nothing moves in {0}", key);
        }

        if (format.IsUploaded)
        {
            Look.ExtrasOf(file).Should().BeEmpty("{0} has nothing but its pixels", key);
        }

        foreach (double y in Places)
        {
            foreach (double x in Places)
            {
                if (image.ColourAt(spec, x, y) is { } expected)
                {
                    seen.NearestAt(x, y, Pictures.QuadrantColours).Should().Be(expected, "so {0} looks at {1}, {2}", key, x, y);
                }
            }
        }
    }
}
