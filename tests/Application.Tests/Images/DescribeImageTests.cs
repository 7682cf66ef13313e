using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Describe;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class DescribeImageTests : IDisposable
{
    private readonly TestApp _app = new()
    {
        Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP], formerSuffixes: ["XL"]),
    };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Tells_which_thumbnails_are_current_missing_or_no_longer_made()
    {
        PublishedSet.Seed(_app.Active, [.. PublishedSet.BaseKeys, PublishedSet.Stem + "BI.webp"]);
        _app.Active.Seed(PublishedSet.Stem + "XL.jpg", "a former one");

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        (image.In, image.Size, image.ExpiresAt, image.Crop, image.ThumbHash).Should().Be(("active", new PixelSize(4000, 3000), null, null, FakeImageProcessor.Hash));
        image.Thumbnails.Select(one => $"{one.Key.ToString()[PublishedSet.Stem.Length..]} {one.State} {one.Size}").Should().Equal(
            "BI.jpg Current 1500x1125", "MI.jpg Current 400x300", "SI.jpg Current 200x200",
            "BI.webp Current 1500x1125", "MI.webp Missing ", "SI.webp Missing ",
            "XL.jpg Stale 4000x3000");
        image.Thumbnails.Where(one => one.State == ThumbnailState.Current).Should().OnlyContain(one => one.Reason == null);
        image.Thumbnails.Select(one => one.Bytes).Should().Equal(
            [.. image.Thumbnails.Select(one => (long)(_app.Active.Keys.Contains(one.Key.ToString()) ? _app.Active.ContentOf(one.Key.ToString()).Length : 0))]);
        image.Thumbnails.Where(one => one.State == ThumbnailState.Missing).Should().OnlyContain(one => one.Reason == "It is not there, or not made yet.");
        image.Thumbnails[^1].Reason.Should().Be("Its size or format is no longer set.");
        _app.Calls.Log.Where(call => call.StartsWith("active open", StringComparison.Ordinal)).Should().Equal(
            [$"active open {PublishedSet.Key}", $"active open {PublishedSet.Stem}XL.jpg", $"active open {PublishedSet.Stem}SI.jpg"], "the placeholder is that of the smallest");
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Theory]
    [InlineData("100x100+0+0", null, "other", "It does not show the crop.")]
    [InlineData("100x100+0+0", "0123456789abcdef", "other", "It was made with other settings.")]
    [InlineData(null, "0123456789abcdef", "other", "It was made with other settings.")]
    [InlineData(null, "", "other", "Nothing says how it was made: it is an older site's, or was replaced by another program.")]
    [InlineData(null, null, "", "It is empty, as a crash leaves it.")]
    public async Task Tells_why_a_thumbnail_is_stale(string? crop, string? recipe, string content, string reason)
    {
        string medium = PublishedSet.Stem + "MI.jpg";
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Key, PublishedSet.Photo, new ImageProperties(Crop: crop is null ? null : CropArea.Parse(crop)));
        _app.Active.Seed(medium, content, new ImageProperties(recipe switch { null => PublishedSet.RecipeOf(medium), "" => null, _ => recipe }));

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        DescribedThumbnail middle = image.Thumbnails.Single(one => one.Key.ToString() == medium);
        (middle.State, middle.Reason, middle.Bytes, image.Crop?.ToString()).Should().Be((ThumbnailState.Stale, reason, content.Length, crop));
    }

    [Fact]
    public async Task Of_an_original_that_can_not_be_read_everything_else_is_told()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Key, TestPictures.BrokenMark);

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        (image.Size, image.TakenAt, image.Bytes).Should().Be((null, null, TestPictures.BrokenMark.Length));
        image.Thumbnails.Where(one => one.State == ThumbnailState.Current).Should().HaveCount(3).And.OnlyContain(one => one.Size == null);
    }

    [Fact]
    public async Task Of_thumbnails_that_can_not_be_read_everything_but_their_size_is_told()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Stem + "MI.jpg", TestPictures.BrokenMark);
        _app.Active.Seed(PublishedSet.Stem + "BI.webp", "an older one"); // WebP is never read

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        image.Thumbnails.Where(one => one.State == ThumbnailState.Stale).Select(one => $"{one.Key.ToString()[PublishedSet.Stem.Length..]} {one.Bytes} {one.Size}").Should().Equal(
            $"MI.jpg {TestPictures.BrokenMark.Length} ", "BI.webp 12 ");
        image.ThumbHash.Should().Be(FakeImageProcessor.Hash, "others can be read");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task There_is_no_placeholder_when_the_smallest_can_not_be_read_or_has_just_gone(bool isBroken)
    {
        string small = PublishedSet.Stem + "SI.jpg";
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(small, TestPictures.BrokenMark, new ImageProperties(PublishedSet.RecipeOf(small)));
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"active open {small}" && !isBroken)
            {
                _app.Active.Lose(small);
            }

            return Task.CompletedTask;
        };

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        (image.ThumbHash, image.Size).Should().Be((null, new PixelSize(4000, 3000)));
    }

    [Fact]
    public async Task Tells_when_the_photo_was_taken()
    {
        TakenAt taken = new(new DateTime(2026, 7, 14, 9, 31, 5), Offset: null);
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Processor.Header = _app.Processor.Header with { Facts = new PhotoFacts(taken, Gps: null) };

        (await _app.SendAsync(new DescribeImage(PublishedSet.Key))).TakenAt.Should().Be(taken);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(null)]
    public async Task Tells_when_an_upload_expires(double? hours)
    {
        using TestApp app = new() { Expiry = new ExpiryRule(hours is { } after ? TimeSpan.FromHours(after) : null) };
        PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys);

        ImageDescription image = await app.SendAsync(new DescribeImage(PublishedSet.Key));

        (image.In, image.ExpiresAt).Should().Be(("incoming", hours is null ? null : app.Time.GetUtcNow().AddHours(2)));
        image.Thumbnails.Should().HaveCount(3).And.OnlyContain(one => one.State == ThumbnailState.Current);
    }

    [Fact]
    public async Task Looks_again_for_an_image_that_was_published_between_two_looks()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        StorageThatFirstKnowsNothing active = new(_app.Active);
        using TestApp app = new() { Stores = new ImageStores(_app.Incoming, active) };

        ImageDescription image = await app.SendAsync(new DescribeImage(PublishedSet.Key));

        image.In.Should().Be("active");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("../x.jpg")]
    [InlineData(PublishedSet.Stem + "BI.jpg")]
    public async Task Refuses_what_is_not_an_originals_key(string? key)
    {
        Func<Task> act = () => _app.SendAsync(new DescribeImage(key));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().OnlyContain(error => error.ErrorCode == "bad_key");
    }

    /// <summary>Another storage, whose first answer came before an image did.</summary>
    private sealed class StorageThatFirstKnowsNothing(InMemoryImageStorage inner) : IImageStorage, IAccessCheck
    {
        private int _looks;

        public IReadOnlyList<ListOrder> Orders => inner.Orders;

        public async Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _looks) == 1 ? null : await inner.FindAsync(key, cancellationToken);

        public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) => inner.OpenReadAsync(key, part, cancellationToken);

        public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ListedImage> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
