using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Recrop;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>A crop affects only thumbnails, stays with the original, and is respected later.</summary>
public sealed class CropTests : IDisposable
{
    private const string Crop = "800x600+100+50";

    private readonly TestApp _app = new();
    private readonly byte[] _photo = TestPictures.Jpeg();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Publishing_with_a_crop_makes_cropped_thumbnails_and_keeps_the_original()
    {
        ImageKey key = await UploadAsync();

        await _app.SendAsync(new PublishImage(key.ToString(), Crop));

        _app.Active.ContentOf(key.ToString()).Should().Equal(_photo);
        _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        ShouldShow(key, CropArea.Parse(Crop));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_cropped_thumbnails_recipe_is_that_of_the_crop()
    {
        ImageKey key = await UploadAsync();

        await _app.SendAsync(new PublishImage(key.ToString(), Crop));

        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            _app.Active.PropertiesOf(key.Thumbnail(spec).ToString()).Recipe.Should().Be(Recipe.Of(spec, ImageFormat.Jpeg, CropArea.Parse(Crop)))
                .And.NotBe(Recipe.Of(spec, ImageFormat.Jpeg));
        }
    }

    [Fact]
    public async Task Publishing_again_without_a_crop_or_with_the_same_keeps_it()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString(), Crop));
        int calls = _app.Calls.Count;
        _app.Time.Advance(TimeSpan.FromHours(2)); // nothing is remembered but with the image

        await _app.SendAsync(new PublishImage(key.ToString()));
        await _app.SendAsync(new PublishImage(key.ToString(), Crop));

        _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        ShouldShow(key, CropArea.Parse(Crop));
        _app.Calls.Log.Skip(calls).Should().OnlyContain(call => call.Contains(" find ", StringComparison.Ordinal), "nothing was to be done");
    }

    [Fact]
    public async Task Publishing_again_with_another_crop_makes_the_thumbnails_anew()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));

        (await _app.SendAsync(new PublishImage(key.ToString(), Crop))).Should().Be(PublishOutcome.AlreadyPublished);

        _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        _app.Active.ContentOf(key.ToString()).Should().Equal(_photo);
        ShouldShow(key, CropArea.Parse(Crop));
    }

    [Fact]
    public async Task A_missing_thumbnail_is_made_with_the_crop_that_was_kept()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString(), Crop));
        _app.Active.Lose(key.Thumbnail(ThumbnailSet.Default.Specs[1]).ToString());

        await _app.SendAsync(new PublishImage(key.ToString()));

        ShouldShow(key, CropArea.Parse(Crop));
    }

    [Theory]
    [InlineData("0x10+0+0")]
    [InlineData("10x10")]
    [InlineData("99999999999x1+0+0")]
    public async Task What_is_no_crop_is_refused(string crop)
    {
        ImageKey key = await UploadAsync();

        Func<Task> act = () => _app.SendAsync(new PublishImage(key.ToString(), crop));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorCode.Should().Be("bad_crop");
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_wholly_outside_changes_nothing_in_incoming_or_active()
    {
        ImageKey key = await UploadAsync();
        string[] before = [.. _app.Incoming.Keys];

        Func<Task> act = () => _app.SendAsync(new PublishImage(key.ToString(), "10x10+4000+0"));

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("bad_crop");
        _app.Incoming.Keys.Should().Equal(before);
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_wholly_outside_changes_nothing_of_a_published_image()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString(), Crop));

        Func<Task> act = () => _app.SendAsync(new PublishImage(key.ToString(), "10x10+4000+0"));

        await act.Should().ThrowAsync<InvalidImageException>();
        _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        ShouldShow(key, CropArea.Parse(Crop));
    }

    [Fact]
    public async Task A_publish_with_crop_that_is_cut_off_anywhere_is_finished_by_sending_it_again()
    {
        for (int n = 1; ; n++)
        {
            ImageKey key = await UploadAsync();
            _app.Calls.CutOffAt(n);
            try
            {
                await _app.SendAsync(new PublishImage(key.ToString(), Crop));
            }
            catch (StorageException)
            {
            }

            bool wasCut = _app.Calls.HasFailed;
            _app.Calls.Heal();
            await _app.SendAsync(new PublishImage(key.ToString(), Crop));

            _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop), "cut off at call {0}", n);
            ShouldShow(key, CropArea.Parse(Crop));
            _app.Incoming.Keys.Should().BeEmpty("cut off at call {0}", n);
            if (!wasCut)
            {
                n.Should().BeGreaterThan(10);
                return;
            }
        }
    }

    [Fact]
    public async Task A_repeat_without_crop_of_a_publish_cut_off_before_its_last_step_keeps_the_crop()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString(), Crop));
        _app.Incoming.Seed(key.ToString(), _photo); // the original is deleted last

        await _app.SendAsync(new PublishImage(key.ToString()));

        _app.Active.PropertiesOf(key.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        ShouldShow(key, CropArea.Parse(Crop));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "v6-5")]
    public async Task Recropping_publishes_a_new_image_and_keeps_the_old_one()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));

        ImageKey made = await _app.SendAsync(new RecropImage(old.ToString(), Crop));

        made.Should().NotBe(old);
        _app.Active.ContentOf(made.ToString()).Should().Equal(_photo);
        _app.Active.PropertiesOf(made.ToString()).Crop.Should().Be(CropArea.Parse(Crop));
        ShouldShow(made, CropArea.Parse(Crop));
        ShouldShow(old, null);
        _app.Incoming.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task Recropping_without_a_crop_makes_plain_thumbnails()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString(), Crop));

        ImageKey made = await _app.SendAsync(new RecropImage(old.ToString(), null));

        _app.Active.PropertiesOf(made.ToString()).Crop.Should().BeNull();
        ShouldShow(made, null);
    }

    [Fact]
    public async Task Recropping_makes_the_thumbnails_once()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        int before = _app.Processor.Decodes;

        await _app.SendAsync(new RecropImage(old.ToString(), Crop));

        _app.Processor.Decodes.Should().Be(before + 1);
    }

    [Fact]
    public async Task Each_recrop_sent_again_within_the_hour_or_the_next_gives_the_image_that_it_made()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        string[] crops = [Crop, "100x100+0+0"];
        List<ImageKey> made = [];
        foreach (string crop in crops)
        {
            made.Add(await _app.SendAsync(new RecropImage(old.ToString(), crop)));
        }

        made.Should().OnlyHaveUniqueItems().And.OnlyContain(key => key.MintedAt == _app.Time.GetUtcNow(), "it is named at the full hour");
        foreach (int hours in new[] { 0, 1 })
        {
            _app.Time.Advance(TimeSpan.FromHours(hours));
            foreach ((string crop, ImageKey expected) in crops.Zip(made))
            {
                (await _app.SendAsync(new RecropImage(old.ToString(), crop))).Should().Be(expected);
            }
        }

        _app.Time.Advance(TimeSpan.FromHours(1));
        (await _app.SendAsync(new RecropImage(old.ToString(), Crop))).MintedAt.Should().Be(_app.Time.GetUtcNow(), "that was long ago");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recrop_whose_result_was_deleted_or_changed_since_makes_another_image(bool isDeleted)
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        ImageKey first = await _app.SendAsync(new RecropImage(old.ToString(), Crop));
        if (isDeleted)
        {
            await _app.SendAsync(new DeleteImages([first.ToString()]));
        }
        else
        {
            await _app.SendAsync(new PublishImage(first.ToString(), "100x100+0+0"));
        }

        ImageKey second = await _app.SendAsync(new RecropImage(old.ToString(), Crop));

        second.Should().NotBe(first);
        ShouldShow(second, CropArea.Parse(Crop));
        _app.Active.Keys.Should().HaveCount(isDeleted ? 8 : 12);
    }

    [Fact]
    public async Task A_recrop_of_an_image_that_is_deleted_meanwhile_leaves_nothing()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        using TestApp other = _app.Beside();
        _app.Processor.DuringDecode = () => other.SendAsync(new DeleteImages([old.ToString()]));
        Func<Task> act = () => _app.SendAsync(new RecropImage(old.ToString(), Crop));

        await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage($"There is no {old} in active.");
        _app.Active.Keys.Should().BeEmpty();
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public Task A_client_that_leaves_while_a_recropped_image_is_published_changes_nothing() => LeavingClient.LeavesAtEachCallAsync(
        (app, old, client) => app.SendAsync(new RecropImage(old.ToString(), Crop), client),
        (old, made) => made is null ? [old] : [old, made]);

    [Fact]
    [Trait("fault", "v6-5")]
    public async Task Parallel_recrops_of_one_image_all_succeed()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));

        ImageKey[] made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _app.SendAsync(new RecropImage(old.ToString(), $"100x100+{i}+0"))));

        made.Should().OnlyHaveUniqueItems();
        for (int i = 0; i < made.Length; i++)
        {
            ShouldShow(made[i], CropArea.Parse($"100x100+{i}+0"));
        }
    }

    [Fact]
    public async Task Recropping_what_is_not_published_says_so()
    {
        ImageKey key = await UploadAsync();

        Func<Task> act = () => _app.SendAsync(new RecropImage(key.ToString(), Crop));

        await act.Should().ThrowAsync<ImageNotFoundException>();
    }

    [Fact]
    public async Task A_recrop_wholly_outside_leaves_nothing_new()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));
        string[] before = [.. _app.Active.Keys];

        Func<Task> act = () => _app.SendAsync(new RecropImage(key.ToString(), "5x5-5-5"));

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("bad_crop");
        _app.Active.Keys.Should().Equal(before);
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_recrop_made_stays_when_the_old_image_is_deleted_while_the_same_recrop_is_sent_again()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        ImageKey made = await _app.SendAsync(new RecropImage(old.ToString(), Crop));
        using TestApp other = _app.Beside();
        Overtake(call => call == $"active find {made}", () => _app.SendAsync(new DeleteImages([old.ToString()])));

        (await other.SendAsync(new RecropImage(old.ToString(), Crop))).Should().Be(made);

        _app.Active.Keys.Should().HaveCount(4).And.Contain(made.ToString());
    }

    [Fact]
    public async Task A_recrop_whose_result_is_deleted_before_its_answer_is_answered_all_the_same()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        ImageKey made = await _app.SendAsync(new RecropImage(old.ToString(), Crop));
        using TestApp other = _app.Beside();
        Overtake(call => call == $"incoming find {made}", () => _app.SendAsync(new DeleteImages([made.ToString()])));

        (await other.SendAsync(new RecropImage(old.ToString(), Crop))).Should().Be(made);

        _app.Active.Keys.Should().HaveCount(4).And.Contain(old.ToString());
    }

    [Fact]
    public async Task A_recrop_whose_files_another_one_took_back_is_busy_and_not_unknown()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        // The same recrop, sent to another process, fails after it has stored the same files.
        Overtake(
            call => call.StartsWith("active find", StringComparison.Ordinal) && _app.Incoming.Keys.Count > 0,
            () =>
            {
                foreach (string key in _app.Incoming.Keys)
                {
                    _app.Incoming.Lose(key);
                }

                return Task.CompletedTask;
            });

        Func<Task> act = () => _app.SendAsync(new RecropImage(old.ToString(), Crop));

        await act.Should().ThrowAsync<BusyException>().WithMessage("Another request that makes * failed.");
    }

    private void Overtake(Func<string, bool> at, Func<Task> request) => _app.Calls.BeforeCall = call =>
    {
        if (!at(call))
        {
            return Task.CompletedTask;
        }

        _app.Calls.BeforeCall = null;
        return request();
    };

    private async Task<ImageKey> UploadAsync() => (await _app.SendAsync(new UploadImage(new MemoryStream(_photo)))).Key;

    private void ShouldShow(ImageKey key, CropArea? crop)
    {
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf(key.Thumbnail(spec).ToString()))
                .Should().Be(FakeImageProcessor.ThumbnailOf(_photo, spec.Suffix, ImageFormat.Jpeg, crop));
        }
    }
}
