using System.Globalization;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Recrop;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>
/// Two requests for one image, in two processes: one overtakes the other at any of its calls. The final answers and stored objects are
/// those of running them one after the other, in some order.
/// </summary>
public sealed class OvertakenTests
{
    private const string Key = PublishedSet.Key;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(2);

    // Which of the steps; OVERTAKEN_EVERY=1 is all of them. The simulation finds by chance what this leaves out.
    private static readonly int Every = int.Parse(Environment.GetEnvironmentVariable("OVERTAKEN_EVERY") ?? "12", CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, Func<TestApp, Task<string>>> Requests = new()
    {
        ["publish"] = app => AnswerAsync(app, new PublishImage(Key)),
        ["publish 100x50"] = app => AnswerAsync(app, new PublishImage(Key, "100x50+10+20")),
        ["publish 70x80"] = app => AnswerAsync(app, new PublishImage(Key, "70x80+0+0")),
        ["recrop"] = app => NewKeyAsync(app, new RecropImage(Key, "30x30+0+0")),
        ["rotate"] = app => NewKeyAsync(app, new RotateImage(Key, "90")),
        ["delete"] = app => AnswerAsync(app, new DeleteImages([Key])),
        ["resize"] = app => AnswerAsync(app, new RegenerateThumbnails(ImageKey.Parse(Key)) { Selection = new ThumbnailSelection { UpToDate = true } }),
        ["verify"] = app => AnswerAsync(app, new VerifyImage(ImageKey.Parse(Key)) { Decode = true, Repair = true }),
        ["clean"] = app => AnswerAsync(app, new RemoveExpiredUpload(ImageKey.Parse(Key), TimeToLive)),
    };

    private static readonly Dictionary<string, Action<TestApp>> Beginnings = new()
    {
        ["uploaded"] = app => PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys),
        ["uploaded, one thumbnail is missing"] = app => PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys[..3]),
        ["published"] = app => PublishedSet.Seed(app.Active, PublishedSet.BaseKeys),
        ["published, one thumbnail is missing and one is served wrong"] = app =>
        {
            PublishedSet.Seed(app.Active, PublishedSet.BaseKeys[..3]);
            app.Active.ServeWrong(PublishedSet.BaseKeys[1]);
        },
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            foreach (string first in Requests.Keys)
            {
                foreach (string second in Requests.Keys)
                {
                    pairs.Add(first, second);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Two_requests_end_as_in_some_order(string first, string second)
    {
        foreach (string beginning in Beginnings.Keys)
        {
            string[] orders = [await InTurnAsync(beginning, first, second), await InTurnAsync(beginning, second, first, isSwapped: true)];
            bool isOvertaken = true;
            for (int n = 1 + ((first.Length + second.Length + beginning.Length) % Every); isOvertaken; n += Every)
            {
                (string end, isOvertaken) = await OvertakenAsync(beginning, first, second, n);
                end.Should().BeOneOf(orders, "{0}: {1} was overtaken by {2} at step {3}", beginning, first, second, n);
            }
        }
    }

    [Fact]
    public async Task A_deleted_image_stays_deleted_also_when_its_copy_ends_last()
    {
        foreach (string publish in new[] { "publish", "publish 100x50" })
        {
            (string end, _) = await OvertakenAsync("uploaded", publish, "delete", n: 1000, isDuringCopy: true);

            end.Should().NotContain("active").And.NotContain("incoming");
        }
    }

    [Theory]
    [InlineData("recrop")]
    [InlineData("rotate")]
    public async Task The_same_change_sent_twice_fails_only_where_the_storage_fails(string change)
    {
        bool isOvertaken = true;
        for (int n = 1; isOvertaken; n++)
        {
            bool hasFailed = true;
            for (int m = 1; isOvertaken && hasFailed; m++)
            {
                using TestApp app = NewApp("published");
                using TestApp other = FaultingBeside(app);
                (isOvertaken, hasFailed) = (false, false);
                Overtake(app, IsCall(n), async () =>
                {
                    isOvertaken = true;
                    // Once something of it is in active, a change takes nothing back.
                    hasFailed = await FailsAsync(other, change, m) && app.Active.Keys.Count == PublishedSet.BaseKeys.Length;
                });

                string? made = await AnswerUnlessBusyAsync(app, change);

                if (made is not null)
                {
                    app.Active.Keys.Where(key => key.StartsWith(made[..^4], StringComparison.Ordinal)).Should().HaveCount(4, "{0}.{1}", n, m);
                }
            }
        }
    }

    [Theory]
    [InlineData("recrop")]
    [InlineData("rotate")]
    public async Task A_change_makes_a_thumbnail_again_that_a_change_cut_off_elsewhere_took_back(string change)
    {
        using TestApp app = NewApp("published");
        Overtake(app, call => call.StartsWith("active copy", StringComparison.Ordinal), () =>
        {
            app.Incoming.Lose(app.Incoming.Keys.First(key => key.EndsWith("MI.jpg", StringComparison.Ordinal)));
            return Task.CompletedTask;
        });

        string made = await Requests[change](app);

        app.Active.Keys.Where(key => key.StartsWith(made[..^4], StringComparison.Ordinal)).Should().HaveCount(4);
        app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_thumbnail_that_the_same_change_made_with_another_crop_does_not_count_as_lost()
    {
        using TestApp app = NewApp("published");
        ThumbnailSpec medium = ThumbnailSet.Default.Specs.Single(spec => spec.Suffix == "MI");
        app.Calls.BeforeCall = call =>
        {
            if (call.StartsWith("incoming find", StringComparison.Ordinal) && call.EndsWith("MI.jpg", StringComparison.Ordinal))
            {
                app.Incoming.Seed(call.Split(' ')[^1], "a longer picture", new ImageProperties(Recipe.Of(medium, ImageFormat.Jpeg, CropArea.Parse("9x9+0+0"))));
            }

            return Task.CompletedTask;
        };

        string made = await Requests["rotate"](app);

        app.Active.Keys.Should().Equal([made, .. PublishedSet.BaseKeys[1..].Select(key => key.Replace(PublishedSet.Stem, made[..^4], StringComparison.Ordinal))]);
        app.Active.PropertiesOf(made[..^4] + "MI.jpg").Recipe.Should().Be(Recipe.Of(medium, ImageFormat.Jpeg, crop: null));
    }

    [Fact]
    public async Task A_change_whose_files_were_taken_back_and_written_again_is_no_fault_of_the_storage()
    {
        using TestApp app = NewApp("published");
        Overtake(app, call => call.StartsWith("active copy", StringComparison.Ordinal) && !call.EndsWith("I.jpg", StringComparison.Ordinal), () =>
        {
            (string Key, byte[] Content)[] taken = [.. app.Incoming.Keys.Select(key => (key, app.Incoming.ContentOf(key)))];
            Array.ForEach(taken, one => app.Incoming.Lose(one.Key));
            Overtake(app, call => call.StartsWith("active delete", StringComparison.Ordinal), () =>
            {
                Array.ForEach(taken, one => app.Incoming.Seed(one.Key, one.Content));
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });

        Func<Task> act = () => Requests["recrop"](app);

        await act.Should().ThrowAsync<BusyException>();
    }

    [Fact]
    public async Task A_publish_that_takes_its_thumbnails_back_leaves_another_one_whole()
    {
        using TestApp app = NewApp("uploaded");
        using TestApp other = app.Beside();
        Overtake(app, call => call == $"active copy {Key}", () =>
        {
            Array.ForEach(PublishedSet.BaseKeys, app.Incoming.Lose);
            Overtake(app, call => call.StartsWith("active delete", StringComparison.Ordinal), () =>
            {
                PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys);
                return Requests["publish"](other);
            });
            return Task.CompletedTask;
        });

        (await Requests["publish"](app)).Should().Be("done");

        app.Active.ShouldHold(PublishedSet.BaseKeys, "the other one was answered");
    }

    [Theory]
    [InlineData("uploaded")] // it is published meanwhile
    [InlineData("")] // it is put there whole, as by a migration
    public async Task A_thumbnail_whose_image_is_published_meanwhile_is_not_lost(string beginning)
    {
        bool isOvertaken = true;
        for (int n = 1; isOvertaken; n++)
        {
            using TestApp app = new();
            using TestApp other = app.Beside();
            // As a publish that was cut off leaves it.
            PublishedSet.Seed(app.Active, PublishedSet.BaseKeys[1]);
            PublishedSet.Seed(app.Incoming, beginning.Length > 0 ? PublishedSet.BaseKeys : []);
            app.Time.Advance(TimeSpan.FromHours(1));
            isOvertaken = false;
            Overtake(app, IsCall(n), async () =>
            {
                isOvertaken = true;
                if (beginning.Length > 0)
                {
                    await other.SendAsync(new PublishImage(Key));
                }
                else
                {
                    PublishedSet.Seed(app.Active, PublishedSet.BaseKeys);
                }
            });

            await app.SendAsync(new VerifyImage(ImageKey.Parse(PublishedSet.BaseKeys[1])) { Repair = true });

            if (isOvertaken)
            {
                app.Active.ShouldHold(PublishedSet.BaseKeys, $"published at step {n}");
            }
        }
    }

    [Fact]
    public async Task A_crop_is_not_lost_when_its_mark_is_removed_in_place_of_an_old_one()
    {
        using TestApp app = NewApp("published");
        using TestApp other = app.Beside();
        await Requests["publish 70x80"](app);
        app.Time.Advance(TimeSpan.FromHours(2));
        other.Time.Advance(TimeSpan.FromHours(2));
        Task<string>? publish = null;
        TaskCompletionSource isAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isRemoved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Overtake(app, call => call == $"marks remove Crop {Key}", () =>
        {
            Overtake(app, call => call == $"marks find Crop {Key}", () =>
            {
                isAsked.SetResult();
                return isRemoved.Task;
            });
            publish = Requests["publish 100x50"](app);
            return isAsked.Task;
        });

        await other.SendAsync(new FinishDeletes());
        isRemoved.SetResult();

        (await publish!).Should().Be("done");
        app.Active.PropertiesOf(Key).Crop.Should().Be(CropArea.Parse("100x50+10+20"));
        app.Marks.All.Should().Equal([$"crop {Key}"], "publishes that are still at work look for it");
    }

    // Calls that begin in parallel are counted one by one.
    private static Func<string, bool> IsCall(int n)
    {
        int calls = 0;
        return _ => Interlocked.Increment(ref calls) == n;
    }

    private static void Overtake(TestApp app, Func<string, bool> at, Func<Task> request) => app.Calls.BeforeCall = call =>
    {
        if (!at(call))
        {
            return Task.CompletedTask;
        }

        app.Calls.BeforeCall = null;
        return request();
    };

    // Its calls can fail while those of the other process, which may still be under way, do not.
    private static TestApp FaultingBeside(TestApp app)
    {
        StorageCalls calls = new();
        ImageStores stores = new(
            new FaultingStorage(ImageStores.IncomingName, app.Incoming, calls), new FaultingStorage(ImageStores.ActiveName, app.Active, calls));
        TestApp other = new() { Calls = calls, Stores = stores, Marks = app.Marks };
        other.Time.SetUtcNow(app.Time.GetUtcNow());
        return other;
    }

    private static async Task<bool> FailsAsync(TestApp app, string request, int n)
    {
        app.Calls.FailOnceAt(n);
        try
        {
            await Requests[request](app);
            return app.Calls.HasFailed;
        }
        catch (StorageException)
        {
            return true;
        }
    }

    private static async Task<string?> AnswerUnlessBusyAsync(TestApp app, string request)
    {
        try
        {
            return await Requests[request](app);
        }
        catch (BusyException)
        {
            return null;
        }
    }

    private static async Task<string> InTurnAsync(string beginning, string first, string second, bool isSwapped = false)
    {
        using TestApp app = NewApp(beginning);
        using TestApp other = app.Beside();
        string one = await Requests[first](app);
        string two = await Requests[second](other);
        return isSwapped ? EndOf(app, two, one) : EndOf(app, one, two);
    }

    private static async Task<(string End, bool IsOvertaken)> OvertakenAsync(string beginning, string first, string second, int n, bool isDuringCopy = false)
    {
        using TestApp app = NewApp(beginning);
        using TestApp other = app.Beside();
        int steps = 0;
        string? answer = null;
        Task StepAsync() => Interlocked.Increment(ref steps) == n ? OvertakeAsync() : Task.CompletedTask;
        async Task OvertakeAsync()
        {
            (app.Calls.BeforeCall, app.Active.DuringCopy) = (null, null);
            answer = await Requests[second](other);
        }

        app.Calls.BeforeCall = _ => StepAsync();
        app.Active.DuringCopy = isDuringCopy ? OvertakeAsync : StepAsync;
        string own = await Requests[first](app);
        bool isOvertaken = answer is not null;
        (app.Calls.BeforeCall, app.Active.DuringCopy) = (null, null);
        answer ??= await Requests[second](other);
        return (EndOf(app, own, answer), isOvertaken);
    }

    private static TestApp NewApp(string beginning)
    {
        TestApp app = new();
        Beginnings[beginning](app);
        app.Time.Advance(TimeSpan.FromHours(3)); // an upload must be old to be cleaned
        return app;
    }

    /// <returns>What a request resulted in: new images by their content, others by their names.</returns>
    private static async Task<string> AnswerAsync<TAnswer>(TestApp app, MediatR.IRequest<TAnswer> request)
    {
        try
        {
            TAnswer answer = await app.SendAsync(request);
            // What was found on the way, and who did it, does not depend on the order.
            return answer is ImageKey key ? key.ToString() : "done";
        }
        catch (ImageNotFoundException)
        {
            return "not found";
        }
    }

    private static Task<string> NewKeyAsync(TestApp app, MediatR.IRequest<ImageKey> request) => AnswerAsync(app, request);

    private static string EndOf(TestApp app, string first, string second)
    {
        StringBuilder end = new();
        end.AppendLine(CultureInfo.InvariantCulture, $"{first}, {second}");
        foreach ((string name, InMemoryImageStorage storage) in new[] { ("incoming", app.Incoming), ("active", app.Active) })
        {
            foreach (string key in storage.Keys)
            {
                string content = Encoding.Latin1.GetString(storage.ContentOf(key));
                ImageProperties kept = storage.PropertiesOf(key);
                // A thumbnail that was made and one that came with the upload show the same.
                string shows = content == PublishedSet.ContentOf(key)
                    ? FakeImageProcessor.ThumbnailOf(PublishedSet.Photo, ImageKey.Parse(key).Stem[^2..], ImageKey.Parse(key).Format)
                    : content;
                end.AppendLine(CultureInfo.InvariantCulture, $"{name} {key}: {shows}, {kept.Recipe} {kept.Crop}");
            }
        }

        return end.ToString();
    }
}
