using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class RotateImageTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Publishes_the_turned_image_under_a_new_key_and_removes_the_old_one()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());

        ImageKey made = await _app.SendAsync(new RotateImage(old.ToString(), "90"));

        byte[] turned = FakeImageProcessor.TurnedFrom(TestPictures.Jpeg(), Rotation.Clockwise);
        _app.Active.ContentOf(made.ToString()).Should().Equal(turned);
        _app.Active.Keys.Should().BeEquivalentTo([made.ToString(), .. ThumbnailSet.Default.BaseKeysOf(made).Select(key => key.ToString())]);
        System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf($"{made.Stem}MI.jpg")).Should().Be(FakeImageProcessor.ThumbnailOf(turned, "MI", ImageFormat.Jpeg));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_turns_along()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg(), "100x50+10+20");

        ImageKey made = await _app.SendAsync(new RotateImage(old.ToString(), "90"));

        _app.Active.PropertiesOf(made.ToString()).Crop.Should().Be(CropArea.Parse("50x100+2930+10")); // of 4000x3000
    }

    [Fact]
    public async Task The_same_rotation_sent_again_is_given_the_same_name_also_by_another_process()
    {
        ImageKey old = await PublishAsync(TestPictures.Png());
        ImageKey made = await _app.SendAsync(new RotateImage(old.ToString(), "180"));
        using TestApp other = _app.Beside();

        (await _app.SendAsync(new RotateImage(old.ToString(), "180"))).Should().Be(made);
        (await other.SendAsync(new RotateImage(old.ToString(), "180"))).Should().Be(made);

        _app.Active.Keys.Should().HaveCount(4).And.Contain(made.ToString());
        await FluentActions.Awaiting(() => _app.SendAsync(new RotateImage(old.ToString(), "90"))).Should().ThrowAsync<ImageNotFoundException>("it is there no more");
        _app.Time.Advance(TimeSpan.FromMinutes(61));
        await FluentActions.Awaiting(() => _app.SendAsync(new RotateImage(old.ToString(), "180"))).Should().ThrowAsync<ImageNotFoundException>("that is long ago");
    }

    [Fact]
    public async Task Cut_off_anywhere_and_sent_again_there_is_one_image_under_the_name_that_was_answered()
    {
        for (int n = 1; ; n++)
        {
            using TestApp app = new();
            ImageKey old = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key;
            await app.SendAsync(new PublishImage(old.ToString()));
            app.Calls.CutOffAt(n);
            ImageKey? first = null;
            try
            {
                first = await app.SendAsync(new RotateImage(old.ToString(), "90"));
            }
            catch (StorageException)
            {
            }

            bool hasFailed = app.Calls.HasFailed;
            app.Calls.Heal();
            using TestApp restarted = app.Beside();
            ImageKey made = await restarted.SendAsync(new RotateImage(old.ToString(), "90"));

            made.Should().Be(first ?? made);
            app.Active.Keys.Should().BeEquivalentTo([made.ToString(), .. ThumbnailSet.Default.BaseKeysOf(made).Select(key => key.ToString())], "cut off at call {0}", n);
            app.Incoming.Keys.Should().BeEmpty("cut off at call {0}", n);
            if (!hasFailed)
            {
                n.Should().BeGreaterThan(20);
                return;
            }
        }
    }

    [Fact]
    public Task A_client_that_leaves_once_the_new_image_is_being_published_changes_nothing() => LeavingClient.LeavesAtEachCallAsync(
        (app, old, client) => app.SendAsync(new RotateImage(old.ToString(), "90"), client),
        (old, made) => [made ?? old]);

    [Theory]
    [InlineData("45")]
    [InlineData("90,90")]
    [InlineData("")]
    [InlineData(null)]
    public async Task What_is_no_rotation_is_refused(string? rotation)
    {
        ImageKey key = await PublishAsync(TestPictures.Jpeg());

        Func<Task> act = () => _app.SendAsync(new RotateImage(key.ToString(), rotation));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorCode.Should().Be("bad_rotation");
    }

    [Fact]
    public async Task A_drawing_is_not_turned()
    {
        ImageKey key = await PublishAsync(TestPictures.Svg());

        Func<Task> act = () => _app.SendAsync(new RotateImage(key.ToString(), "90"));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorCode.Should().Be("bad_rotation");
        _app.Active.Keys.Should().Contain(key.ToString());
    }

    [Fact]
    [Trait("fault", "c2c-9")]
    public async Task Cut_off_anywhere_either_the_old_or_the_new_image_is_whole()
    {
        for (int n = 1; ; n++)
        {
            using TestApp app = new();
            ImageKey old = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key;
            await app.SendAsync(new PublishImage(old.ToString()));
            app.Calls.CutOffAt(n);
            try
            {
                await app.SendAsync(new RotateImage(old.ToString(), "90"));
            }
            catch (StorageException)
            {
            }

            ImageKey[] whole =
            [
                .. app.Active.Keys.Select(ImageKey.Parse).Where(ThumbnailSet.Default.IsOriginal)
                    .Where(key => ThumbnailSet.Default.BaseKeysOf(key).All(one => app.Active.Keys.Contains(one.ToString()))),
            ];
            whole.Should().NotBeEmpty("cut off at call {0}", n);
            if (!app.Calls.HasFailed)
            {
                n.Should().BeGreaterThan(20);
                return;
            }
        }
    }

    [Fact]
    [Trait("fault", "c2c-9")]
    public async Task Two_rotations_at_once_make_one_image()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());
        using TestApp other = _app.Beside();

        ImageKey[] made = await Task.WhenAll(
            _app.SendAsync(new RotateImage(old.ToString(), "90")),
            _app.SendAsync(new RotateImage(old.ToString(), "90")),
            other.SendAsync(new RotateImage(old.ToString(), "90")));

        made.Distinct().Should().ContainSingle();
        _app.Active.Keys.Should().BeEquivalentTo([made[0].ToString(), .. ThumbnailSet.Default.BaseKeysOf(made[0]).Select(key => key.ToString())]);
    }

    [Theory]
    [InlineData("180")]
    [InlineData(null)]
    public async Task A_rotation_of_an_image_that_is_turned_otherwise_or_deleted_meanwhile_leaves_nothing(string? otherwise)
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());
        using TestApp other = _app.Beside();
        ImageKey? turned = null;
        _app.Processor.DuringDecode = async () =>
        {
            if (otherwise is null)
            {
                await other.SendAsync(new DeleteImages([old.ToString()]));
            }
            else
            {
                turned = await other.SendAsync(new RotateImage(old.ToString(), otherwise));
            }
        };
        Func<Task> act = () => _app.SendAsync(new RotateImage(old.ToString(), "90"));

        await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage($"There is no {old} in active.");

        ImageKey[] left = turned is null ? [] : [turned];
        _app.Active.Keys.Should().BeEquivalentTo(left.SelectMany(one => ThumbnailSet.Default.BaseKeysOf(one).Prepend(one)).Select(key => key.ToString()));
        if (turned is not null)
        {
            _app.Active.ContentOf(turned.ToString()).Should().Equal(FakeImageProcessor.TurnedFrom(TestPictures.Jpeg(), Rotation.Parse("180")));
        }

        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_that_the_image_is_given_meanwhile_turns_along()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());
        using TestApp other = _app.Beside();
        _app.Processor.DuringDecode = async () =>
        {
            _app.Processor.DuringDecode = null;
            await other.SendAsync(new PublishImage(old.ToString(), "100x50+10+20"));
        };

        ImageKey made = await _app.SendAsync(new RotateImage(old.ToString(), "90"));

        CropArea crop = CropArea.Parse("50x100+2930+10"); // of 4000x3000
        byte[] turned = FakeImageProcessor.TurnedFrom(TestPictures.Jpeg(), Rotation.Clockwise);
        _app.Active.PropertiesOf(made.ToString()).Crop.Should().Be(crop);
        System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf($"{made.Stem}MI.jpg")).Should().Be(FakeImageProcessor.ThumbnailOf(turned, "MI", ImageFormat.Jpeg, crop));
        _app.Active.Keys.Should().HaveCount(4);
    }

    [Fact]
    public async Task A_rotation_whose_removal_of_the_old_image_is_finished_later_is_still_known()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());
        _app.Calls.BeforeCall = call => call == $"active delete {old}" ? Task.FromException(new StorageException("active", "it does not work.")) : Task.CompletedTask;
        await FluentActions.Awaiting(() => _app.SendAsync(new RotateImage(old.ToString(), "90"))).Should().ThrowAsync<StorageException>();
        _app.Calls.BeforeCall = null;
        string made = _app.Active.Keys.Single(key => ThumbnailSet.Default.IsOriginal(ImageKey.Parse(key)) && key != old.ToString());
        _app.Time.Advance(TimeSpan.FromMinutes(2));

        (await _app.SendAsync(new FinishDeletes())).Should().Be(1);

        _app.Active.Keys.Should().HaveCount(4).And.Contain(made);
        (await _app.SendAsync(new RotateImage(old.ToString(), "90"))).ToString().Should().Be(made);
    }

    [Fact]
    public async Task What_a_rotation_made_stays_when_the_old_name_is_deleted_while_the_same_rotation_is_sent_again()
    {
        ImageKey old = await PublishAsync(TestPictures.Jpeg());
        using TestApp other = _app.Beside();
        ImageKey? made = null;
        _app.Calls.BeforeCall = async call =>
        {
            if (made is null && call.StartsWith("active find", StringComparison.Ordinal))
            {
                _app.Calls.BeforeCall = null;
                made = await _app.SendAsync(new RotateImage(old.ToString(), "90"));
                await _app.SendAsync(new DeleteImages([old.ToString()]));
            }
        };

        (await other.SendAsync(new RotateImage(old.ToString(), "90"))).Should().Be(made);

        _app.Active.Keys.Should().BeEquivalentTo([made!.ToString(), .. ThumbnailSet.Default.BaseKeysOf(made).Select(key => key.ToString())]);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [Trait("fault", "c2c-17")]
    public async Task An_original_is_stored_upright_only_if_that_is_wanted_and_it_is_not(bool isWanted, bool isUpright, bool isTurned)
    {
        using TestApp app = new() { Limits = new UploadLimits(10_000, 100_000_000, 500) { AutoOrientOriginal = isWanted } };
        app.Processor.Header = new ImageHeader(new PixelSize(4000, 3000), 1, isUpright);

        ImageKey key = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key;

        app.Incoming.ContentOf(key.ToString()).Should().Equal(isTurned ? FakeImageProcessor.TurnedFrom(TestPictures.Jpeg(), null) : TestPictures.Jpeg());
    }

    private async Task<ImageKey> PublishAsync(byte[] picture, string? crop = null)
    {
        ImageKey key = (await _app.SendAsync(new UploadImage(new MemoryStream(picture)))).Key;
        await _app.SendAsync(new PublishImage(key.ToString(), crop));
        return key;
    }
}
