using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ImageBackend.Cli.Tests;
using ImageBackend.Domain;
using ImageBackend.Testing;
using ImageBackend.Together.Tests.Rows;
using ImageBackend.Web.Tests;

namespace ImageBackend.Together.Tests;

/// <summary>Carries out one row.</summary>
internal sealed class Story(Site site, Step step, Row row, PostgresServer database)
{
    private const string Success = """{"success":true}""";

    private static readonly Rotation[] Rotations = [Rotation.Clockwise, Rotation.Counterclockwise, Rotation.Half];

    private readonly Sample _sample = Sample.Of(row);
    private readonly HashSet<string> _stems = new(StringComparer.Ordinal);

    /// <summary>Stems of the keys that the row has had so far.</summary>
    public IReadOnlyCollection<string> Stems => _stems;

    private CropArea? Crop => row.Crops ? Quarter(x: 0) : null;

    public async Task RunAsync()
    {
        IReadOnlyList<ExpectedImage> expected = row.Deed switch
        {
            Deed.Upload => await UploadOnlyAsync(),
            Deed.Publish => [await PublishedAsync(Crop)],
            Deed.PublishAgain => [await PublishAgainAsync(await PublishedAsync(Crop))],
            Deed.Recrop => await RecropAsync(await PublishedAsync(row.Crops ? null : Quarter(x: 0))),
            Deed.Rotate => [await RotateAsync(await PublishedAsync(Crop))],
            Deed.DeleteUpload => await DeleteAsync(await UploadedAsync()), // while WebP and AVIF are being made
            Deed.DeletePublished => await DeleteAsync(await SettledAsync(await PublishedAsync(Crop))),
            Deed.Serve => [await ServeAsync(await SettledAsync(await PublishedAsync(Crop)))],
            Deed.ResizeMissing => [await ResizeMissingAsync(await SettledAsync(await PublishedAsync(Crop)))],
            Deed.ResizeForce => [await ResizeForceAsync(await SettledAsync(await PublishedAsync(Crop)))],
            Deed.VerifyRepair => [await VerifyRepairAsync(await SettledAsync(await PublishedAsync(Crop)))],
            Deed.Clean => [await CleanAsync(await SettledAsync(await UploadedAsync()))],
            Deed.Migrate => [await MigrateAsync()],
            _ => throw new InvalidOperationException($"Nobody knows how to do {row.Deed}."),
        };
        await site.ShouldHaveAsync(_stems, expected);
        site.ShouldBeContent();
        site.Expected[step.Number] = expected;
    }

    // Entirely inside one colour: the lower left, or the lower right.
    private CropArea Quarter(int x)
    {
        (int width, int height) = (Math.Max(1, _sample.Size.Width / 2), Math.Max(1, _sample.Size.Height / 2));
        return CropArea.Parse(string.Create(CultureInfo.InvariantCulture, $"{width}x{height}+{Math.Min(x, _sample.Size.Width - width)}+{_sample.Size.Height - height}"));
    }

    private async Task<IReadOnlyList<ExpectedImage>> UploadOnlyAsync()
    {
        if (row.Length != Length.OneByteBeyond)
        {
            return [await UploadedAsync()];
        }

        IReadOnlyList<string> before = await site.Service.Incoming.EverythingAsync();
        using HttpResponseMessage response = await site.UploadAsync(_sample.File);
        await (_sample.Format == ImageFormat.Svg ? response.ShouldBeProblemAsync(400, "image_too_complex") : response.ShouldBeProblemAsync(413, "file_too_large"));
        (await site.Service.Incoming.EverythingAsync()).Should().Equal(before, "what is refused leaves nothing");
        return [];
    }

    private async Task<ExpectedImage> UploadedAsync()
    {
        using HttpResponseMessage response = await site.UploadAsync(_sample.File);
        JsonElement told = await response.ShouldBeJsonAsync(200);
        ExpectedImage image = Expect(ImageKey.Parse(told.GetProperty("filename").GetString()!)) with { Sha256 = told.GetProperty("sha256").GetString() };
        byte[] stored = await site.Service.Incoming.ReadAsync(image.Key.ToString());
        told.GetProperty("success").GetBoolean().Should().BeTrue();
        (told.GetProperty("width").GetInt32(), told.GetProperty("height").GetInt32()).Should().Be((image.Size.Width, image.Size.Height));
        told.GetProperty("format").GetString().Should().Be(_sample.Format.Extension);
        (told.TryGetProperty("convertedFrom", out JsonElement from) ? from.GetString() : null).Should().Be(_sample.ConvertedFrom?.Extension);
        told.GetProperty("bytes").GetInt64().Should().Be(stored.Length);
        told.TryGetProperty("gps", out JsonElement gps).Should().Be(site.Facts.ExposesGps && row.HasExif);
        if (gps.ValueKind == JsonValueKind.Object)
        {
            (gps.GetProperty("latitude").GetDouble(), gps.GetProperty("longitude").GetDouble()).Should().Be((45.5, 6.25));
        }

        if (IsStoredAsItCame)
        {
            image.Sha256.Should().Be(Inspection.Sha256Of(_sample.File));
        }

        foreach ((JsonElement thumbnail, ThumbnailSpec spec) in told.GetProperty("thumbnails").EnumerateArray().Zip(image.Specs))
        {
            string name = image.Key.Thumbnail(spec).ToString();
            PixelSize size = spec.SizeOf(image.Size);
            (thumbnail.GetProperty("suffix").GetString(), thumbnail.GetProperty("filename").GetString()).Should().Be((spec.Suffix, name));
            (thumbnail.GetProperty("width").GetInt32(), thumbnail.GetProperty("height").GetInt32()).Should().Be((size.Width, size.Height));
            thumbnail.GetProperty("bytes").GetInt64().Should().Be((await site.Service.Incoming.ReadAsync(name)).Length);
        }

        return image;
    }

    private bool IsStoredAsItCame =>
        _sample.Format != ImageFormat.Svg && _sample.ConvertedFrom is null && site.Facts.Strip == "none" && !(site.Facts.OrientsOriginals && row.HasExif);

    private ExpectedImage Expect(ImageKey key)
    {
        _stems.Add(key.Stem);
        bool liesOnItsSide = row.HasExif && !site.Facts.OrientsOriginals && _sample.ConvertedFrom is null;
        return new ExpectedImage(key, IsPublished: false, _sample.Size, _sample.Frames, Pictures.QuadrantColours)
        {
            Specs = site.Facts.Thumbnails,
            Modern = site.Facts.ModernFormats,
            Stored = liesOnItsSide ? new PixelSize(_sample.Size.Height, _sample.Size.Width) : _sample.Size,
        };
    }

    private async Task<ExpectedImage> PublishedAsync(CropArea? crop)
    {
        ExpectedImage image = await UploadedAsync();
        await ShouldSucceedAsync("/publish", [("filename", image.Key.ToString()), .. FieldOf(crop)]);
        return image with { IsPublished = true, Crop = crop };
    }

    private static (string, string)[] FieldOf(CropArea? crop) => crop is null ? [] : [("crop", crop.ToString())];

    private async Task ShouldSucceedAsync(string route, params (string, string)[] fields)
    {
        using HttpResponseMessage response = await site.PostAsync(route, fields);
        (await response.ShouldBeJsonAsync(200)).GetRawText().Should().Be(Success);
    }

    private async Task<ExpectedImage> PublishAgainAsync(ExpectedImage image)
    {
        string key = image.Key.ToString();
        await ShouldSucceedAsync("/publish", ("filename", key)); // the crop stays
        await site.ShouldHaveAsync(_stems, [image]);
        CropArea other = Quarter(x: _sample.Size.Width);
        await ShouldSucceedAsync("/publish", [("filename", key), .. FieldOf(row.Crops ? other : null)]);
        return row.Crops ? image with { Crop = other } : image;
    }

    private async Task<IReadOnlyList<ExpectedImage>> RecropAsync(ExpectedImage image)
    {
        string key = await NewKeyAsync("/recrop", [("filename", image.Key.ToString()), .. FieldOf(Crop)]);
        return [image, image with { Key = ImageKey.Parse(key), Crop = Crop }];
    }

    private async Task<ExpectedImage> RotateAsync(ExpectedImage image)
    {
        Rotation rotation = Rotations[step.Number % Rotations.Length];
        (string, string)[] fields = [("filename", image.Key.ToString()), ("rotation", rotation.Degrees.ToString(CultureInfo.InvariantCulture))];
        if (_sample.Format == ImageFormat.Svg)
        {
            using HttpResponseMessage refused = await site.PostAsync("/rotate", fields);
            await refused.ShouldBeProblemAsync(400, "bad_rotation");
            return image;
        }

        ExpectedImage turned = image.Turned(rotation, ImageKey.Parse(await NewKeyAsync("/rotate", fields)));
        using HttpResponseMessage again = await site.PostAsync("/rotate", fields);
        (await again.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().Be(turned.Key.ToString());
        return turned;
    }

    private async Task<string> NewKeyAsync(string route, params (string, string)[] fields)
    {
        using HttpResponseMessage response = await site.PostAsync(route, fields);
        string key = (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        _stems.Add(ImageKey.Parse(key).Stem);
        return key;
    }

    private async Task<ExpectedImage> SettledAsync(ExpectedImage image)
    {
        await site.ShouldHaveAsync(_stems, [image]);
        return image;
    }

    private async Task<IReadOnlyList<ExpectedImage>> DeleteAsync(ExpectedImage image)
    {
        string key = image.Key.ToString();
        await ShouldSucceedAsync("/delete", ("filenames", key));
        await site.ShouldHaveAsync(_stems, []);
        await ShouldSucceedAsync("/delete", ("filenames", key));
        using HttpResponseMessage published = await site.PostAsync("/publish", ("filename", key));
        await published.ShouldBeProblemAsync(404, "unknown_image");
        using HttpResponseMessage served = await site.GetAsync(key);
        await served.ShouldBeProblemAsync(404, "unknown_image");
        return [];
    }

    private async Task<ExpectedImage> ServeAsync(ExpectedImage image)
    {
        foreach ((string name, ImageFormat format) in image.Thumbnails.Select(one => (one.Key.ToString(), one.Format)).Prepend((image.Key.ToString(), image.Key.Format)))
        {
            byte[] stored = await site.Service.Active.ReadAsync(name);
            using HttpResponseMessage whole = await site.GetAsync(name);
            whole.StatusCode.Should().Be(HttpStatusCode.OK);
            (await whole.Content.ReadAsByteArrayAsync()).Should().Equal(stored);
            whole.Content.Headers.ContentType!.ToString().Should().Be(format.ContentType);
            using HttpResponseMessage head = await site.GetAsync(name, method: HttpMethod.Head);
            (head.StatusCode, head.Content.Headers.ContentLength).Should().Be((HttpStatusCode.OK, stored.Length));
            using HttpResponseMessage same = await site.GetAsync(name, request => request.Headers.IfNoneMatch.Add(whole.Headers.ETag!));
            same.StatusCode.Should().Be(HttpStatusCode.NotModified);
            (long? From, long? To)[] parts = [(0, 0), (stored.Length / 2, null), (null, Math.Min(1000, stored.Length)), (0, stored.Length + 10)];
            foreach ((long? from, long? to) in parts)
            {
                using HttpResponseMessage part = await site.GetAsync(name, request => request.Headers.Range = new RangeHeaderValue(from, to));
                part.StatusCode.Should().Be(HttpStatusCode.PartialContent, "{0}-{1} of {2}", from, to, name);
                int first = (int)(from ?? stored.Length - to!.Value);
                int last = (int)Math.Min(from is null || to is null ? stored.Length - 1 : to.Value, stored.Length - 1);
                (await part.Content.ReadAsByteArrayAsync()).Should().Equal(stored[first..(last + 1)]);
            }

            using HttpResponseMessage beyond = await site.GetAsync(name, request => request.Headers.Range = new RangeHeaderValue(stored.Length, null));
            beyond.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        }

        return image;
    }

    private async Task<ExpectedImage> ResizeMissingAsync(ExpectedImage image)
    {
        ExpectedImage more = image with { Modern = site.Facts.PossibleFormats };
        string[] command = ["resize", "--missing", "--format", string.Join(',', more.Modern), "-k", image.Key.ToString()];
        ShouldEnd(await site.ImagesAsync(command), processed: image.Modern.Count == more.Modern.Count ? 0 : 1);
        return more;
    }

    private async Task<ExpectedImage> ResizeForceAsync(ExpectedImage image)
    {
        ShouldEnd(await site.ImagesAsync("resize", "--force", "-k", image.Key.ToString()), processed: 1);
        return image;
    }

    private async Task<ExpectedImage> VerifyRepairAsync(ExpectedImage image)
    {
        string[] thumbnails = [.. image.Thumbnails.Select(one => one.Key.ToString())];
        await site.Service.Active.RemoveAsync(thumbnails[0]);
        byte[] other = await site.Service.Active.ReadAsync(thumbnails[1]);
        await site.Service.Active.PutAsync(thumbnails[2], other[..(other.Length / 2)]); // by another program, and only half of it
        await site.Service.Active.RemoveAsync(thumbnails[^1]);
        string[] command = ["verify", "--decode", "--repair", "-k", image.Key.ToString()];
        ShouldEnd(await site.ImagesAsync(command), processed: 1);
        Ended sound = await site.ImagesAsync("verify", "--decode", "-k", image.Key.ToString());
        sound.Output.Should().Contain("Nothing was found.", sound.Errors);
        return image;
    }

    private async Task<ExpectedImage> CleanAsync(ExpectedImage image)
    {
        // From an older site, which uses the same names, long ago.
        string old = string.Create(CultureInfo.InvariantCulture, $"1475660224_{step.Number}");
        _stems.Add(old);
        string[] names = [.. image.Names.Select(name => name.Replace(image.Key.Stem, old, StringComparison.Ordinal))];
        foreach ((string name, string copy) in image.Names.Zip(names))
        {
            await site.Service.Incoming.PutAsync(copy, await site.Service.Incoming.ReadAsync(name));
        }

        site.MakeOld(names);
        Ended ended = await site.AgedAsync("clean");
        ended.Code.Should().Be(0, ended.Output + ended.Errors);
        ended.Output.Should().Contain("errors: 0");
        return image;
    }

    private async Task<ExpectedImage> MigrateAsync()
    {
        string stem = string.Create(CultureInfo.InvariantCulture, $"{1_100_000_000 + step.Number}_{step.Number}");
        ExpectedImage image = Expect(ImageKey.Parse($"{stem}.{_sample.Format}")) with { IsPublished = true };
        image = IsStoredAsItCame ? image with { Sha256 = Inspection.Sha256Of(_sample.File) } : image;
        await File.WriteAllBytesAsync(Path.Combine(site.Originals, image.Key.ToString()), _sample.File);
        bool isDrawing = _sample.Format == ImageFormat.Svg;
        string address = await database.CreateDatabaseAsync(
            V5Schema.Tables + V5Schema.Reader("reader", "secret") + V5Schema.Row(isDrawing ? $"{stem}.png" : image.Key.ToString(), isDrawing), "reader", "secret");

        ShouldEnd(await MigrateAsync("migrate"), processed: 1);
        if (!row.Crops)
        {
            ShouldEnd(await MigrateAsync("migrate"), processed: 0);
            return image;
        }

        await ShouldSucceedAsync("/publish", [("filename", image.Key.ToString()), .. FieldOf(Crop)]);
        image = image with { Crop = Crop };
        await site.ShouldHaveAsync(_stems, [image]);
        ShouldEnd(await MigrateAsync("migrate", "--force"), processed: 1);
        return image;

        Task<Ended> MigrateAsync(params string[] command) => site.ImagesAsync(
            variables =>
            {
                variables["V5_DATABASE_URL"] = address;
                variables["V5_IMAGES_URL"] = site.Originals;
            },
            command);
    }

    private static void ShouldEnd(Ended ended, int processed)
    {
        ended.Code.Should().Be(0, ended.Output + ended.Errors);
        ended.Output.Should().Contain($"Images: 1, skipped: {1 - processed}, processed: {processed}, errors: 0");
    }
}
