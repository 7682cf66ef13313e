using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.S3;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

public sealed class S3PublicAddressTests
{
    [Theory]
    [InlineData("https://sos-ch-dk-2.exo.io", "my-site-active", "https://sos-ch-dk-2.exo.io/my-site-active/1475660224_882910455BI.jpg")]
    [InlineData("http://127.0.0.1:7480/", "Active_1", "http://127.0.0.1:7480/Active_1/1475660224_882910455BI.jpg")]
    [InlineData(null, "my-site-active", "https://my-site-active.s3.eu-west-3.amazonaws.com/1475660224_882910455BI.jpg")]
    [InlineData(null, "my.site.active", "https://s3.eu-west-3.amazonaws.com/my.site.active/1475660224_882910455BI.jpg")]
    public void Is_where_the_service_keeps_the_object(string? endpoint, string bucket, string expected)
    {
        S3Place place = new(bucket, new S3Account(endpoint is null ? null : new Uri(endpoint), "eu-west-3", Keys: null));

        place.AddressOf(ImageKey.Parse("1475660224_882910455BI.jpg")).AbsoluteUri.Should().Be(expected);
    }
}
