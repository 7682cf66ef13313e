using System.Net;
using System.Text;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;
using Microsoft.AspNetCore.Http;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>What others see of the objects, and what the buckets' limits require.</summary>
[Collection(S3Collection.Name)]
public sealed class S3ObjectTests(S3Server server)
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.svg");
    private static readonly CancellationToken None = CancellationToken.None;

    [NeedsS3Fact]
    public async Task Are_closed_in_incoming_and_open_with_type_and_caching_in_active()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await PutAsync(buckets.Stores.Incoming, "<svg/>");
        await buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);
        using HttpClient anybody = new();

        using HttpResponseMessage incoming = await anybody.GetAsync($"{server.Endpoint}/{buckets.Incoming}/{Key}");
        using HttpResponseMessage active = await anybody.GetAsync($"{server.Endpoint}/{buckets.Active}/{Key}");

        incoming.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        active.StatusCode.Should().Be(HttpStatusCode.OK);
        active.Content.Headers.ContentType!.ToString().Should().Be("image/svg+xml");
        active.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
        (await active.Content.ReadAsStringAsync()).Should().Be("<svg/>");
    }

    [NeedsS3Fact]
    public async Task Stay_open_with_type_and_caching_when_what_is_kept_beside_them_changes()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await PutAsync(buckets.Stores.Active, "<svg/>");

        await buckets.Stores.Active.SetPropertiesAsync(Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);

        using HttpClient anybody = new();
        using HttpResponseMessage active = await anybody.GetAsync($"{server.Endpoint}/{buckets.Active}/{Key}");
        active.StatusCode.Should().Be(HttpStatusCode.OK);
        active.Content.Headers.ContentType!.ToString().Should().Be("image/svg+xml");
        active.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
    }

    [NeedsS3Fact]
    public async Task Two_buckets_are_two_places_and_one_is_one_and_no_mark_stays()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        IStoragePlace active = (IStoragePlace)buckets.Stores.Active;

        (await active.IsSamePlaceAsync(buckets.Stores.Incoming, None)).Should().BeFalse();
        (await active.IsSamePlaceAsync(buckets.Stores.Active, None)).Should().BeTrue();

        (await server.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = buckets.Active })).S3Objects.Should().BeNullOrEmpty();
        (await server.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = buckets.Incoming })).S3Objects.Should().BeNullOrEmpty();
    }

    [NeedsS3Fact]
    public async Task Of_an_older_site_are_told_to_be_served_wrong_until_their_properties_are_set()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await PutAsync(buckets.Stores.Active, "<svg/>");
        (await HasConfiguredAccessAsync(buckets.Stores.Active)).Should().BeTrue();

        await server.PutAsync(buckets.Active, Key.ToString(), "<svg/>"u8.ToArray());
        (await HasConfiguredAccessAsync(buckets.Stores.Active)).Should().BeFalse("it has neither type nor caching, and is closed");
        await buckets.Stores.Active.SetPropertiesAsync(Key, ImageProperties.None, None);
        (await HasConfiguredAccessAsync(buckets.Stores.Active)).Should().BeTrue();

        await server.Client.PutObjectAclAsync(new PutObjectAclRequest { BucketName = buckets.Active, Key = Key.ToString(), ACL = Amazon.S3.S3CannedACL.Private });
        (await HasConfiguredAccessAsync(buckets.Stores.Active)).Should().BeFalse("nobody can read it");
        StoredImage found = (await buckets.Stores.Active.FindAsync(Key, None))!;
        await buckets.Stores.Active.DeleteAsync(Key, None);
        (await ((IAccessCheck)buckets.Stores.Active).HasConfiguredAccessAsync(found, None)).Should().BeTrue("there is none any more");
    }

    [NeedsS3Fact]
    public async Task Have_no_acl_where_none_is_sent()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server, settings => settings with { SendsAcls = false });
        await PutAsync(buckets.Stores.Incoming, "<svg/>");
        await buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, null, None);

        using HttpClient anybody = new();
        using HttpResponseMessage active = await anybody.GetAsync($"{server.Endpoint}/{buckets.Active}/{Key}");
        active.StatusCode.Should().Be(HttpStatusCode.Forbidden, "the bucket's own rules hold");
    }

    [NeedsS3Fact]
    public async Task Of_others_are_found_and_copied_with_our_headers()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await server.PutAsync(buckets.Incoming, Key.ToString(), "<svg/>"u8.ToArray());
        await server.PutAsync(buckets.Incoming, "folder/no key.txt", "x"u8.ToArray());

        await buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, null, None);

        (await buckets.Stores.Incoming.ListAsync(None).ToListAsync()).Should().ContainSingle().Which.Key.Should().Be(Key, "what is no image is passed over");
        GetObjectMetadataResponse copy = await server.Client.GetObjectMetadataAsync(buckets.Active, Key.ToString());
        copy.Headers.ContentType.Should().Be("image/svg+xml");
        copy.Headers.CacheControl.Should().Be("public, max-age=77");
    }

    [NeedsS3Fact]
    public async Task That_were_put_in_parts_are_compared_by_their_content()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        InitiateMultipartUploadResponse upload = await server.Client.InitiateMultipartUploadAsync(buckets.Incoming, Key.ToString());
        UploadPartResponse part = await server.Client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = buckets.Incoming,
            Key = Key.ToString(),
            UploadId = upload.UploadId,
            PartNumber = 1,
            InputStream = new MemoryStream("<svg/>"u8.ToArray()),
            UseChunkEncoding = false,
        });
        await server.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = buckets.Incoming,
            Key = Key.ToString(),
            UploadId = upload.UploadId,
            PartETags = [new PartETag(1, part.ETag)],
        });
        (await buckets.Stores.Incoming.FindAsync(Key, None))!.ETag.Should().EndWith("-1", "it is no MD5");
        await PutAsync(buckets.Stores.Active, "<svg/>");
        await buckets.Stores.Active.VerifyCopyAsync(buckets.Stores.Incoming, Key, None);

        await PutAsync(buckets.Stores.Active, "<SVG/>");
        Func<Task> act = () => buckets.Stores.Active.VerifyCopyAsync(buckets.Stores.Incoming, Key, None);

        await act.Should().ThrowAsync<StorageException>();
    }

    [NeedsS3Fact]
    [Trait("fault", "c2c-19")]
    public async Task Of_more_than_one_page_are_all_listed_and_removed()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        ImageKey[] keys = [.. Enumerable.Range(0, 1001).Select(i => ImageKey.Parse($"1475660224_{i}.jpg"))];
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (key, _) => await PutAsync(buckets.Stores.Incoming, "x", key));

        (await buckets.Stores.Incoming.ListAsync(None).ToListAsync()).Select(image => image.Key).Should().BeEquivalentTo(keys);
        await buckets.Stores.Incoming.DeleteAllAsync(keys, None);

        (await server.KeysInAsync(buckets.Incoming)).Should().BeEmpty();
    }

    [NeedsS3Fact]
    [Trait("fault", "v6-7")]
    public async Task Are_not_touched_by_a_look()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await server.PutAsync(buckets.Active, Key.ToString(), "<svg/>"u8.ToArray());

        await buckets.Stores.Active.FindAsync(Key, None);

        (await server.Client.GetObjectMetadataAsync(buckets.Active, Key.ToString())).Headers.ContentType.Should().Be("binary/octet-stream");
    }

    [NeedsS3Fact]
    public async Task Copied_between_accounts_leave_no_file()
    {
        if (!server.IsOurs)
        {
            return;
        }

        await using S3Buckets buckets = await S3Buckets.CreateAsync(server, activeKey: "otheraccess");
        await PutAsync(buckets.Stores.Incoming, new string('x', 300_000));

        await buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, null, None);

        await buckets.Stores.Active.VerifyCopyAsync(buckets.Stores.Incoming, Key, None);
        Directory.EnumerateFileSystemEntries(buckets.SpoolFolder).Should().BeEmpty();
    }

    [NeedsS3Theory]
    [InlineData("{0}")]
    [InlineData("W/\"{0}\"")]
    [InlineData("\"{0}\"")]
    public async Task With_a_tag_of_another_spelling_are_the_same(string spelling)
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await PutAsync(buckets.Stores.Incoming, "<svg/>");
        await buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, null, None);
        string etag = (await buckets.Stores.Active.FindAsync(Key, None))!.ETag;
        string sent = string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, etag.ToUpperInvariant());
        await using FakeServer other = await HeadsOf(6, sent);
        using S3Stores stores = At(buckets, other);

        await stores.Stores.Active.VerifyCopyAsync(buckets.Stores.Incoming, Key, None);
    }

    [NeedsS3Fact]
    public async Task With_the_same_tag_that_is_no_sum_are_compared_by_their_content()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        await using FakeServer first = await HeadsOf(6, "\"d41d8cd98f00b204e9800998ecf8427e-1\"", "<svg/>");
        await using FakeServer second = await HeadsOf(6, "\"d41d8cd98f00b204e9800998ecf8427e-1\"", "<SVG/>");
        using S3Stores one = At(buckets, first);
        using S3Stores other = At(buckets, second);

        Func<Task> act = () => other.Stores.Active.VerifyCopyAsync(one.Stores.Incoming, Key, None);

        await act.Should().ThrowAsync<StorageException>().WithMessage("*differs*");
    }

    [NeedsS3Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_one_bucket_under_two_addresses_are_no_copy_of_themselves(bool isOfOlderSite)
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        using S3Stores stores = buckets.With(settings => settings with
        {
            Active = new S3Place(settings.Incoming.Bucket, settings.Incoming.Account with { Endpoint = new Uri(proxy.Endpoint) }),
        });
        if (isOfOlderSite)
        {
            await server.PutAsync(buckets.Incoming, Key.ToString(), "<svg/>"u8.ToArray());
        }
        else
        {
            await PutAsync(stores.Stores.Incoming, "<svg/>");
        }

        await stores.Stores.Active.CopyFromAsync(stores.Stores.Incoming, Key, null, None);
        Func<Task> verify = () => stores.Stores.Active.VerifyCopyAsync(stores.Stores.Incoming, Key, None);

        await verify.Should().ThrowAsync<StorageException>().WithMessage("*it is the same place as the other storage under another name*");
    }

    private static Task<FakeServer> HeadsOf(int bytes, string etag, string content = "") => FakeServer.StartAsync(context =>
    {
        // The requests that one bucket gets to find out whether it is the other one under a second name.
        if (context.Request.Path.Value!.Contains("probe", StringComparison.Ordinal) && HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = 404;
            return context.AnswerAsync("");
        }

        if (context.Request.Query.ContainsKey("list-type"))
        {
            return context.AnswerAsync("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>false</IsTruncated></ListBucketResult>");
        }

        context.Response.Headers.ETag = etag;
        if (HttpMethods.IsPut(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method))
        {
            return context.AnswerAsync("");
        }

        context.Response.Headers.LastModified = "Sun, 29 Nov 2026 10:00:00 GMT";
        context.Response.ContentType = "image/svg+xml";
        context.Response.ContentLength = bytes;
        return context.AnswerAsync(content);
    });

    private static S3Stores At(S3Buckets buckets, FakeServer other)
    {
        S3Account there = new(new Uri($"http://127.0.0.1:{other.Port}"), "us-east-1", new S3Keys("key", "secret"));
        return buckets.With(settings => settings with { Incoming = settings.Incoming with { Account = there }, Active = settings.Active with { Account = there } });
    }

    private static async Task<bool> HasConfiguredAccessAsync(IImageStorage storage) =>
        await ((IAccessCheck)storage).HasConfiguredAccessAsync((await storage.FindAsync(Key, None))!, None);

    private static async Task PutAsync(IImageStorage storage, string content, ImageKey? key = null)
    {
        using MemoryStream stream = new(Encoding.ASCII.GetBytes(content));
        await storage.PutAsync(key ?? Key, stream, ImageProperties.None, None);
    }
}
