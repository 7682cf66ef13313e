using System.Text;
using ImageBackend.Application.Images.Metadata;

namespace ImageBackend.Application.Tests.Images;

public sealed class PlaceWordsTests
{
    [Theory]
    [InlineData("exif:GPSTimeStamp")]
    [InlineData("Iptc4xmpExt:LocationCreated")]
    [InlineData("drone:Latitude=45")]
    [InlineData("drone:longitude=6")]
    [InlineData("geo:45,6")]
    [InlineData("a Geotagged photo")]
    [InlineData("Places|France")]
    [InlineData("CiAdrExtadr: Address")]
    [InlineData("photoshop:City")]
    [InlineData("photoshop:State")]
    [InlineData("photoshop:Country")]
    [InlineData("{\"city\": 1}")]
    [InlineData("{\"state\": 1}")]
    [InlineData("{\"country\": 1}")]
    [InlineData("a Landmark")]
    public void Are_found_in_what_tells_a_place_also_as_UTF_16(string text)
    {
        PlaceWords.AreIn(Encoding.UTF8.GetBytes(text)).Should().BeTrue();
        PlaceWords.AreIn(Encoding.Unicode.GetBytes(text)).Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("exif:ExposureTime=1/250 tiff:Make=Canon dc:title=The summit")]
    [InlineData("a city, a state, a country")] // prose, not a field's name
    public void Are_not_found_in_what_tells_none(string text)
    {
        PlaceWords.AreIn(Encoding.UTF8.GetBytes(text)).Should().BeFalse();
    }
}
