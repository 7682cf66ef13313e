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
        image.Thumbnails[^1].Reason.Should().Be("Its size or format is no longer set.");
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Theory]
    [InlineData("100x100+0+0", null, "It does not show the crop.")]
    [InlineData(null, "0123456789abcdef", "It was made with other settings.")]
    public async Task Tells_why_a_thumbnail_is_stale(string? crop, string? recipe, string reason)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Key, PublishedSet.Photo, new ImageProperties(Crop: crop is null ? null : CropArea.Parse(crop)));
        if (recipe is not null)
        {
            _app.Active.Seed(PublishedSet.Stem + "MI.jpg", "other", new ImageProperties(recipe));
        }

        ImageDescription image = await _app.SendAsync(new DescribeImage(PublishedSet.Key));

        DescribedThumbnail middle = image.Thumbnails.Single(one => one.Key.ToString() == PublishedSet.Stem + "MI.jpg");
        (middle.State, middle.Reason, image.Crop?.ToString()).Should().Be((ThumbnailState.Stale, reason, crop));
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
