using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class DeleteImagesTests : IDisposable
{
    private const string Key = PublishedSet.Key;

    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    [Trait("fault", "c2c-10")]
    public async Task Removes_originals_and_all_thumbnails_from_incoming_and_active()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        _app.Active.Seed("1_2.svg", "a drawing");
        _app.Active.Seed("1_2BI.jpg", "its thumbnail");
        _app.Active.Seed("1_2BI.webp", "its thumbnail");

        DeletedImages deleted = await _app.SendAsync(new DeleteImages([Key, "1_2.svg"]));

        deleted.Ignored.Should().BeEmpty();
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Leaves_images_whose_names_are_alike()
    {
        string[] others = ["1475660224_88291045.jpg", "1475660224_8829104550.jpg", PublishedSet.Stem + ".png", PublishedSet.Stem + "XI.jpg"];
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        foreach (string other in others)
        {
            _app.Active.Seed(other, "another's");
        }

        await _app.SendAsync(new DeleteImages([Key]));

        _app.Active.Keys.Should().BeEquivalentTo(others);
    }

    [Fact]
    public async Task Says_that_it_is_deleted_and_then_begins_with_incoming_and_there_and_in_active_with_the_original()
    {
        await _app.SendAsync(new DeleteImages([Key]));

        IEnumerable<string> thumbnails = PublishedSet.AllKeys.Where(key => key != Key);
        string[] changes = [.. _app.Calls.Log.Where(call => !call.Contains(" find "))];
        changes.Should().BeEquivalentTo(
        [
            $"marks set Deleting {Key}", $"marks set Deleted {Key}",
            $"incoming delete {Key}", .. thumbnails.Select(key => $"incoming delete {key}"),
            $"active delete {Key}", .. thumbnails.Select(key => $"active delete {key}"),
            $"marks remove Deleting {Key}",
        ]);
        changes[..3].Should().Equal($"marks set Deleting {Key}", $"marks set Deleted {Key}", $"incoming delete {Key}");
        changes[12].Should().Be($"active delete {Key}");
        _app.Marks.All.Should().Equal($"deleted {Key}");
    }

    [Theory]
    [InlineData("1475660224_882910455.svg", "1475660224_882910455.jpg", "1475660224_882910455BI.jpg", "1475660224_882910455BI.webp")]
    [InlineData("1475660224_882910455.png", "1475660224_882910455.gif", "1475660224_882910455BI.gif", "1475660224_882910455SI.avif")]
    public async Task Thumbnails_that_another_original_of_the_same_name_has_too_stay_with_it(string deleted, string other, params string[] shared)
    {
        string[] stays = [other, .. shared];
        foreach (string key in (string[])[deleted, .. stays])
        {
            _app.Active.Seed(key, key);
            _app.Incoming.Seed(key, key);
        }

        await _app.SendAsync(new DeleteImages([deleted]));

        _app.Active.Keys.Should().BeEquivalentTo(stays);
        _app.Incoming.Keys.Should().BeEquivalentTo(stays);

        await _app.SendAsync(new DeleteImages([other]));

        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Two_of_the_same_name_that_are_deleted_together_leave_no_thumbnail()
    {
        foreach (string key in new[] { "1_2.svg", "1_2.jpg", "1_2BI.jpg", "1_2BI.webp" })
        {
            _app.Active.Seed(key, key);
        }

        await _app.SendAsync(new DeleteImages(["1_2.svg", "1_2.jpg"]));

        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_was_cut_off_is_finished_and_old_marks_are_forgotten()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        _app.Calls.CutOffAt(4);
        await FluentActions.Awaiting(() => _app.SendAsync(new DeleteImages([Key]))).Should().ThrowAsync<StorageException>();
        _app.Calls.Heal();

        (await _app.SendAsync(new FinishDeletes())).Should().Be(0, "it may still be at work");
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        (await _app.SendAsync(new FinishDeletes())).Should().Be(1);

        _app.Active.Keys.Should().BeEmpty();
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Marks.All.Should().Equal($"deleted {Key}");
        _app.Time.Advance(TimeSpan.FromMinutes(61));
        (await _app.SendAsync(new FinishDeletes())).Should().Be(0);
        _app.Marks.All.Should().BeEmpty();
    }

    [Fact]
    public async Task One_that_is_finished_late_is_told_again_to_publishes_under_way()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Calls.CutOffAt(4);
        await FluentActions.Awaiting(() => _app.SendAsync(new DeleteImages([Key]))).Should().ThrowAsync<StorageException>();
        _app.Calls.Heal();
        _app.Time.Advance(TimeSpan.FromMinutes(59));
        (await _app.SendAsync(new FinishDeletes())).Should().Be(1);
        _app.Time.Advance(TimeSpan.FromMinutes(59));

        (await _app.SendAsync(new FinishDeletes())).Should().Be(0);

        _app.Marks.All.Should().Equal($"deleted {Key}");
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        await FluentActions.Awaiting(() => _app.SendAsync(new PublishImage(Key))).Should().ThrowAsync<ImageNotFoundException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_can_not_be_finished_now_keeps_no_other_from_being_finished(bool isBusy)
    {
        string[] keys = ["1_1.jpg", "1_2.jpg", "1_3.jpg"];
        foreach (string key in keys)
        {
            _app.Active.Seed(key, "a photo");
            await _app.Marks.SetAsync(MarkKind.Deleting, ImageKey.Parse(key), "", CancellationToken.None);
        }

        _app.Time.Advance(TimeSpan.FromMinutes(2));
        Exception fault = isBusy ? new BusyException("Others are at work.") : new StorageException("active", "it does not work.");
        _app.Calls.BeforeCall = call => call == "active delete 1_2.jpg" ? Task.FromException(fault) : Task.CompletedTask;

        (await _app.SendAsync(new FinishDeletes())).Should().Be(2);

        _app.Active.Keys.Should().Equal("1_2.jpg");
        _app.Marks.All.Should().Equal("deleted 1_1.jpg", "deleted 1_2.jpg", "deleted 1_3.jpg", "deleting 1_2.jpg");
        _app.Log.All.Should().Contain($"Warning The removal of 1_2.jpg can't be finished now: {fault.Message}");
    }

    [Fact]
    public async Task One_that_is_finished_or_wanted_again_once_it_was_listed_is_left_alone()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        await _app.Marks.SetAsync(MarkKind.Deleting, ImageKey.Parse(Key), "", CancellationToken.None);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        _app.Calls.BeforeCall = async call =>
        {
            if (call == $"marks find Deleting {Key}")
            {
                _app.Calls.BeforeCall = null;
                await _app.Marks.RemoveAsync(MarkKind.Deleting, ImageKey.Parse(Key), CancellationToken.None);
            }
        };

        (await _app.SendAsync(new FinishDeletes())).Should().Be(0);

        _app.Active.Keys.Should().Equal(PublishedSet.BaseKeys);
        _app.Marks.All.Should().BeEmpty();
    }

    [Theory]
    [InlineData("incoming", Key)]
    [InlineData("active", Key)]
    [InlineData("active", PublishedSet.Stem + "SI.webp")]
    public async Task What_a_storage_still_has_after_three_removals_is_a_fault_and_finished_later(string storage, string left)
    {
        InMemoryImageStorage where = storage == "incoming" ? _app.Incoming : _app.Active;
        int times = 0;
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"{storage} find {left}")
            {
                times++;
                where.Seed(left, "it comes back");
            }

            return Task.CompletedTask;
        };

        await FluentActions.Awaiting(() => _app.SendAsync(new DeleteImages([Key]))).Should().ThrowAsync<StorageException>()
            .WithMessage($"The {storage} storage: {left} is still there after it was removed.");

        times.Should().Be(3);
        _app.Marks.All.Should().Equal($"deleted {Key}", $"deleting {Key}");
    }

    [Fact]
    public async Task An_old_mark_that_is_set_again_once_it_was_listed_stays()
    {
        await _app.Marks.SetAsync(MarkKind.Deleted, ImageKey.Parse(Key), "", CancellationToken.None);
        _app.Time.Advance(TimeSpan.FromHours(2));
        bool isListed = false;
        _app.Calls.BeforeCall = async call =>
        {
            if (isListed)
            {
                _app.Calls.BeforeCall = null;
                await _app.Marks.SetAsync(MarkKind.Deleted, ImageKey.Parse(Key), "", CancellationToken.None);
            }

            isListed = call == "marks list";
        };

        await _app.SendAsync(new FinishDeletes());

        _app.Marks.All.Should().Equal($"deleted {Key}");
    }

    [Fact]
    public async Task An_image_that_is_put_back_by_hand_is_not_deleted_again()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        await _app.SendAsync(new DeleteImages([Key]));
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        _app.Time.Advance(TimeSpan.FromMinutes(10));

        await _app.SendAsync(new FinishDeletes());
        await FluentActions.Awaiting(() => _app.SendAsync(new PublishImage(Key))).Should().ThrowAsync<ImageNotFoundException>();

        _app.Active.Keys.Should().Equal(PublishedSet.AllKeys);
        _app.Time.Advance(TimeSpan.FromMinutes(51));
        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.AlreadyPublished);
    }

    [Fact]
    public async Task What_is_not_there_is_no_error_also_when_repeated()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);

        for (int i = 0; i < 3; i++)
        {
            (await _app.SendAsync(new DeleteImages([Key, "1475660224_7.jpg"]))).Ignored.Should().BeEmpty();
        }

        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_list_is_no_error()
    {
        (await _app.SendAsync(new DeleteImages([]))).Ignored.Should().BeEmpty();

        _app.Calls.Log.Should().BeEmpty();
    }

    [Fact]
    public async Task No_list_is_refused()
    {
        Func<Task> act = () => _app.SendAsync(new DeleteImages(null!));

        await act.Should().ThrowAsync<ValidationException>();
    }

    [Fact]
    [Trait("fault", "c2c-1")]
    [Trait("fault", "v6-1")]
    public async Task Ignores_and_lists_bad_names_and_still_deletes_the_good_ones()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        _app.Active.Seed("1475660224_7.jpg", "another");
        string[] bad = ["../canary.txt", "", "1_2.jpeg", PublishedSet.Stem + "BI.jpg", "1_2.webp", "a/b.jpg", "1_2.jpg\n", "1_2.jpg\0"];

        DeletedImages deleted = await _app.SendAsync(new DeleteImages([bad[0], Key, .. bad[1..], "1475660224_7.jpg", bad[0]]));

        deleted.Ignored.Should().Equal(bad);
        _app.Active.Keys.Should().BeEmpty();
        _app.Calls.Log.Should().OnlyContain(call => call.Contains(PublishedSet.Stem) || call.Contains("1475660224_7"));
    }

    [Fact]
    public async Task Deletes_a_name_that_stands_twice_once()
    {
        await _app.SendAsync(new DeleteImages([Key, Key]));

        _app.Calls.Log.Where(call => call == $"active delete {Key}").Should().ContainSingle();
    }

    [Theory]
    [Trait("fault", "c2c-10")]
    [Trait("fault", "v6-6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fault_with_one_image_is_told_after_all_others_are_deleted(bool othersWorkOnItTooLong)
    {
        Exception fault = othersWorkOnItTooLong ? new BusyException() : new StorageException("active", "it does not work.");
        string[] keys = [.. Enumerable.Range(0, 30).Select(i => $"1475660224_{i}.jpg"), Key];
        foreach (string key in keys)
        {
            _app.Active.Seed(key, "a photo");
        }

        _app.Calls.BeforeCall = call => call.Contains("active") && call.Contains(PublishedSet.Stem)
            ? Task.FromException(fault)
            : Task.CompletedTask;
        Func<Task> act = () => _app.SendAsync(new DeleteImages([Key, .. keys]));

        (await act.Should().ThrowAsync<Exception>()).Which.Should().BeSameAs(fault);
        _app.Active.Keys.Should().Equal(Key);

        _app.Calls.BeforeCall = null;
        await act.Should().NotThrowAsync("the storage works again");
        _app.Active.Keys.Should().BeEmpty();
    }

    [Theory]
    [Trait("fault", "c2c-10")]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task A_storage_that_fails_is_no_success(string storage)
    {
        (storage == "incoming" ? _app.Incoming : _app.Active).IsBroken = true;
        Func<Task> act = () => _app.SendAsync(new DeleteImages([Key]));

        (await act.Should().ThrowAsync<StorageException>()).Which.Storage.Should().Be(storage);
    }

    [Theory]
    [InlineData(FaultMode.BeforeEffect)]
    [InlineData(FaultMode.AfterEffect)]
    public async Task Cut_off_at_any_call_and_repeated_it_leaves_nothing(FaultMode mode)
    {
        int n = 0;
        bool failed;
        do
        {
            using TestApp app = new();
            PublishedSet.Seed(app.Incoming, PublishedSet.AllKeys);
            PublishedSet.Seed(app.Active, PublishedSet.AllKeys);
            app.Calls.CutOffAt(++n, mode);
            try
            {
                await app.SendAsync(new DeleteImages([Key]));
                failed = false;
                app.Calls.HasFailed.Should().BeFalse();
            }
            catch (StorageException)
            {
                failed = true;
                if (app.Active.Keys.Contains(Key))
                {
                    app.Active.Keys.Should().Equal(PublishedSet.AllKeys, "a published image keeps its thumbnails as long as it is there");
                }
            }

            app.Calls.Heal();
            await app.SendAsync(new DeleteImages([Key]));
            app.Incoming.Keys.Should().BeEmpty($"cut off at call {n}");
            app.Active.Keys.Should().BeEmpty($"cut off at call {n}");
        }
        while (failed);

        n.Should().Be(44, "three marks, in each of two storages ten objects and a look at three of the same name, and a look at what must be gone");
    }

    [Fact]
    public async Task Works_on_eight_images_at_most_at_once()
    {
        int running = 0;
        List<int> seen = [];
        _app.Calls.BeforeCall = async call =>
        {
            if (!call.StartsWith("incoming delete") || call.Contains("I."))
            {
                return; // one call counts per image
            }

            lock (seen)
            {
                seen.Add(++running);
            }

            for (int i = 0; i < 20; i++)
            {
                await Task.Yield();
            }

            lock (seen)
            {
                running--;
            }
        };

        await _app.SendAsync(new DeleteImages([.. Enumerable.Range(0, 60).Select(i => $"1475660224_{i}.jpg")]));

        seen.Should().HaveCount(60).And.OnlyContain(atOnce => atOnce <= 8);
    }

    [Fact]
    public async Task Stops_when_it_is_cancelled()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.AllKeys);
        Func<Task> act = () => _app.SendAsync(new DeleteImages([Key]), new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
        _app.Active.Keys.Should().HaveCount(10);
    }
}
