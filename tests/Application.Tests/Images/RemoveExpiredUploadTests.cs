using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using ImageBackend.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Application.Tests.Images;

public sealed class RemoveExpiredUploadTests : IDisposable
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(2);

    private readonly TestApp _app = new();

    public RemoveExpiredUploadTests() => PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_upload_that_nobody_published_in_time_goes_with_all_its_thumbnails()
    {
        _app.Time.Advance(TimeSpan.FromHours(2.1));

        (await CleanAsync()).Should().Equal(ExpiryOutcome.Removed);

        _app.Incoming.Keys.Should().BeEmpty();
        _app.Calls.Log.First(call => call.Contains("delete")).Should().Be($"incoming delete {PublishedSet.Key}");
    }

    [Fact]
    public async Task One_that_is_just_being_removed_is_not_found_a_second_time_by_its_thumbnails()
    {
        _app.Time.Advance(TimeSpan.FromHours(2.1));
        List<ImageKey> found = [];

        await foreach (ImageKey key in _app.Services.GetRequiredService<ExpiredUploads>().ListAsync(TimeToLive, CancellationToken.None))
        {
            found.Add(key);
            await _app.Stores.Incoming.DeleteAsync(key, CancellationToken.None);
        }

        found.Should().ContainSingle().Which.ToString().Should().Be(PublishedSet.Key);
    }

    [Fact]
    public async Task A_younger_one_stays()
    {
        _app.Time.Advance(TimeSpan.FromHours(1.9));

        (await CleanAsync()).Should().BeEmpty();

        (await _app.SendAsync(new RemoveExpiredUpload(ImageKey.Parse(PublishedSet.Key), TimeToLive))).Should().Be(ExpiryOutcome.NotDue);
        _app.Incoming.Keys.Should().Equal(PublishedSet.AllKeys);
    }

    [Fact]
    public async Task Of_key_and_date_the_younger_counts()
    {
        using TestApp app = new();
        string young = ImageKey.Mint(app.Time.GetUtcNow() + TimeSpan.FromHours(2), 1, ImageFormat.Jpeg).ToString();
        string toCome = ImageKey.Mint(app.Time.GetUtcNow() + TimeSpan.FromDays(900), 2, ImageFormat.Jpeg).ToString();
        app.Incoming.Seed(young, "a photo");
        app.Incoming.Seed(toCome, "a photo");
        app.Incoming.Seed("no-time.jpg", "a photo");
        app.Time.Advance(TimeSpan.FromHours(3));

        await CleanAsync(app);

        app.Incoming.Keys.Should().Equal(young);
    }

    [Fact]
    public async Task One_whose_publish_left_its_original_for_WebP_stays()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Time.Advance(TimeSpan.FromDays(1));

        (await CleanAsync()).Should().Equal(ExpiryOutcome.BeingPublished);

        _app.Incoming.Keys.Should().Equal(PublishedSet.AllKeys);
    }

    [Theory]
    [InlineData("BI.jpg")]
    [InlineData("MI.webp")]
    public async Task One_whose_publish_was_cut_off_stays(string copied)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Stem + copied);
        _app.Time.Advance(TimeSpan.FromDays(1));

        (await CleanAsync()).Should().Equal(ExpiryOutcome.BeingPublished);

        _app.Incoming.Keys.Should().Equal(PublishedSet.AllKeys);
    }

    [Fact]
    public async Task Thumbnails_without_an_original_go_when_they_are_old()
    {
        _app.Incoming.Lose(PublishedSet.Key);
        _app.Time.Advance(TimeSpan.FromDays(1));
        _app.Incoming.Seed("1_2BI.jpg", "of an upload that is at work");

        (await CleanAsync()).Should().HaveCount(9).And.OnlyContain(outcome => outcome == ExpiryOutcome.Removed);

        _app.Incoming.Keys.Should().Equal("1_2BI.jpg");
    }

    [Fact]
    public async Task A_thumbnail_with_its_original_is_not_removed_alone()
    {
        _app.Time.Advance(TimeSpan.FromDays(1));

        (await _app.SendAsync(new RemoveExpiredUpload(ImageKey.Parse(PublishedSet.Stem + "BI.webp"), TimeToLive))).Should().Be(ExpiryOutcome.NotDue);

        _app.Incoming.Keys.Should().Equal(PublishedSet.AllKeys);
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_removes_nothing()
    {
        _app.Time.Advance(TimeSpan.FromDays(1));

        (await _app.SendAsync(new RemoveExpiredUpload(ImageKey.Parse(PublishedSet.Key), TimeToLive) { DryRun = true })).Should().Be(ExpiryOutcome.Removed);

        _app.Incoming.Keys.Should().Equal(PublishedSet.AllKeys);
        _app.Calls.Log.Should().NotContain(call => call.Contains("delete"));
    }

    [Fact]
    public async Task One_that_was_cut_off_at_any_call_is_finished_by_the_next()
    {
        for (int n = 1; ; n++)
        {
            using TestApp app = new();
            PublishedSet.Seed(app.Incoming, PublishedSet.AllKeys);
            app.Time.Advance(TimeSpan.FromDays(1));
            app.Calls.CutOffAt(n);
            bool failed = false;
            try
            {
                await CleanAsync(app);
            }
            catch (StorageException)
            {
                failed = true;
            }

            app.Calls.Heal();
            await CleanAsync(app);
            app.Incoming.Keys.Should().BeEmpty($"call {n} failed, and it was repeated");
            if (!failed)
            {
                return;
            }
        }
    }

    // The publish may win or lose; it must not leave half an image.
    [Fact]
    public async Task A_publish_meanwhile_ends_with_the_whole_image_or_none()
    {
        for (int n = 1; n <= 40; n++)
        {
            using TestApp app = new();
            PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys);
            app.Time.Advance(TimeSpan.FromDays(1));
            int calls = 0;
            app.Calls.BeforeCall = async _ =>
            {
                if (Interlocked.Increment(ref calls) == n)
                {
                    await app.SendAsync(new RemoveExpiredUpload(ImageKey.Parse(PublishedSet.Key), TimeToLive));
                }
            };
            bool published = true;
            try
            {
                await app.SendAsync(new PublishImage(PublishedSet.Key));
            }
            catch (ImageNotFoundException)
            {
                published = false;
            }

            app.Calls.BeforeCall = null;
            app.Active.Keys.Should().Equal(published ? PublishedSet.BaseKeys : [], $"it was cleaned before call {n}");
        }
    }

    private Task<IReadOnlyList<ExpiryOutcome>> CleanAsync() => CleanAsync(_app);

    private static async Task<IReadOnlyList<ExpiryOutcome>> CleanAsync(TestApp app)
    {
        List<ExpiryOutcome> outcomes = [];
        await foreach (ImageKey key in app.Services.GetRequiredService<ExpiredUploads>().ListAsync(TimeToLive, CancellationToken.None))
        {
            outcomes.Add(await app.SendAsync(new RemoveExpiredUpload(key, TimeToLive)));
        }

        return outcomes;
    }
}
