using System.Globalization;
using System.Net;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Operations of all kinds while one call in ten to S3 fails: no answer is wrong, and nothing is lost or left behind.</summary>
/// <remarks>S3_OPERATIONS: how many (default 60).</remarks>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3MixedFaultTests(S3Server server)
{
    private const int AtOnce = 4;

    private static readonly int Operations = int.Parse(Environment.GetEnvironmentVariable("S3_OPERATIONS") ?? "60", CultureInfo.InvariantCulture);

    private enum State
    {
        Uploaded,
        Published,

        /// <summary>The outcome is unknown: an answer was a 503.</summary>
        PublishedOrNot,
        Deleted,
        DeletedOrNot,
    }

    [NeedsS3Fact]
    [Trait("fault", "c2c-11")]
    public async Task Mixed_operations_keep_every_promise_while_calls_fail()
    {
        await using S3Site site = await S3Site.StartAsync(server, ("S3_TIMEOUT", "1"));
        OneInTen faults = new();
        site.Proxy.Faults = faults.Next;
        Worker[] workers = [.. Enumerable.Range(0, AtOnce).Select(seed => new Worker(site.Service, seed))];

        await Task.WhenAll(workers.Select(worker => worker.WorkAsync(Operations / AtOnce)));

        site.Proxy.Faults = null;
        Dictionary<string, State> images = workers.SelectMany(worker => worker.Images).ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach ((string key, State state) in images.Where(image => image.Value is State.PublishedOrNot))
        {
            (await site.Service.PublishAsync(key)).StatusCode.Should().Be(HttpStatusCode.OK, "{0} was {1}, and publishing again finishes it", key, state);
            images[key] = State.Published;
        }

        foreach ((string key, _) in images.Where(image => image.Value is State.DeletedOrNot))
        {
            (await site.Service.DeleteAsync(key)).StatusCode.Should().Be(HttpStatusCode.OK);
            images[key] = State.Deleted;
        }

        HashSet<string> incoming = [.. await site.InIncomingAsync()];
        HashSet<string> active = [.. await site.InActiveAsync()];
        foreach ((string key, State state) in images)
        {
            string[] all = [.. ThumbnailSet.Default.BaseKeysOf(ImageKey.Parse(key)).Select(one => one.ToString()), key];
            all.Count(active.Contains).Should().Be(state == State.Published ? 4 : 0, "{0} is {1}", key, state);
            if (state == State.Uploaded)
            {
                all.Should().BeSubsetOf(incoming, "{0} was answered 200", key);
            }
        }

        active.Where(key => ThumbnailSet.Default.IsOriginal(ImageKey.Parse(key))).Should().BeSubsetOf(
            images.Where(image => image.Value == State.Published).Select(image => image.Key).Concat(workers.SelectMany(worker => worker.LostNames(active))));
        workers.Sum(worker => worker.Faults).Should().BePositive("some calls failed however often they were tried").And.BeLessThan(Operations / 2, "most are tried again within one answer");
        foreach (string key in images.Where(image => image.Value == State.Published).Select(image => image.Key).Take(20))
        {
            Look.SizeOf(await site.Service.Client.GetByteArrayAsync($"/active/{key.Replace(".jpg", "SI.jpg", StringComparison.Ordinal)}")).Should().Be((200, 200));
        }

        site.Service.Logs.All.Should().NotContain(server.SecretKey).And.NotContain(server.AccessKey);
    }

    /// <summary>
    /// Fails one call in ten, in all ways in turn. One in five of them fails again when retried, so that the fault reaches the caller.
    /// </summary>
    private sealed class OneInTen
    {
        private const int Attempts = 4;

        private readonly Lock _gate = new();
        private readonly Dictionary<string, (S3Fault Fault, int Left)> _stubborn = [];
        private int _calls;
        private int _failed;

        public S3Fault? Next(string call)
        {
            lock (_gate)
            {
                if (_stubborn.TryGetValue(call, out (S3Fault Fault, int Left) again) && again.Left > 0)
                {
                    _stubborn[call] = again with { Left = again.Left - 1 };
                    _failed++;
                    return again.Fault;
                }

                // Repeated failures count too: one in ten of all.
                if (++_calls + _failed < 10 * (_failed + 1))
                {
                    return null;
                }

                S3Fault fault = (S3Fault)(_failed % 7);
                if (_failed++ % 5 == 0)
                {
                    _stubborn[call] = (fault, Attempts);
                }

                return fault;
            }
        }
    }

    /// <summary>One client, with images of its own.</summary>
    private sealed class Worker(TestService service, int seed)
    {
        private readonly Random _random = new(seed);

        public Dictionary<string, State> Images { get; } = [];

        public int Faults { get; private set; }

        private bool HasLostNames { get; set; }

        /// <returns>
        /// Originals that a recrop or rotation may have published before its answer became a 503, so that their names are unknown.
        /// </returns>
        public IEnumerable<string> LostNames(IEnumerable<string> active) =>
            HasLostNames ? active.Where(key => ThumbnailSet.Default.IsOriginal(ImageKey.Parse(key))) : [];

        public async Task WorkAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await OneAsync();
            }
        }

        private async Task OneAsync()
        {
            string? uploaded = Any(State.Uploaded);
            string? published = Any(State.Published);
            switch (_random.Next(10))
            {
                case < 4:
                    await UploadAsync();
                    break;
                case < 7 when uploaded is not null:
                    await PublishAsync(uploaded);
                    break;
                case 7 when published is not null:
                    await PublishAsync(published);
                    break;
                case 8 when published is not null && _random.Next(2) == 0:
                    await ChangeAsync("/recrop", ("crop", "300x200+0+0"), published, whenDone: State.Published);
                    break;
                case 8 when published is not null:
                    await ChangeAsync("/rotate", ("rotation", "90"), published, whenDone: State.Deleted);
                    break;
                case 9 when (published ?? uploaded) is { } key:
                    Images[key] = await IsDoneAsync(await service.DeleteAsync(key)) ? State.Deleted : State.DeletedOrNot;
                    break;
                default:
                    HttpResponseMessage unknown = await service.PublishAsync("1475660224_882910455.jpg");
                    unknown.StatusCode.Should().BeOneOf(HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable);
                    break;
            }
        }

        private async Task UploadAsync()
        {
            HttpResponseMessage answer = await service.UploadAsync(Pictures.Jpeg(320, 240));
            if (await IsDoneAsync(answer))
            {
                Images[(await answer.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!] = State.Uploaded;
            }
        }

        private async Task PublishAsync(string key) =>
            Images[key] = await IsDoneAsync(await service.PublishAsync(key)) || Images[key] == State.Published ? State.Published : State.PublishedOrNot;

        private async Task ChangeAsync(string path, (string Name, string Value) field, string key, State whenDone)
        {
            HttpResponseMessage answer = await service.PostAsync(path, ("secret", TestService.Secret), ("filename", key), field);
            if (await IsDoneAsync(answer))
            {
                JsonElement body = await answer.ShouldBeJsonAsync(200);
                Images[body.GetProperty("filename").GetString()!] = State.Published;
                Images[key] = whenDone;
            }
            else
            {
                HasLostNames = true;
                Images[key] = whenDone == State.Deleted ? State.DeletedOrNot : State.Published;
            }
        }

        // Everything requested here exists, so only these two answers are correct.
        private async Task<bool> IsDoneAsync(HttpResponseMessage answer)
        {
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return true;
            }

            Faults++;
            await answer.ShouldBeProblemAsync(503, "storage_unavailable");
            return false;
        }

        private string? Any(State state)
        {
            string[] keys = [.. Images.Where(image => image.Value == state).Select(image => image.Key)];
            return keys.Length == 0 ? null : keys[_random.Next(keys.Length)];
        }
    }
}
