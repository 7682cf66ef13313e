using Images.Client;
using Images.Client.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

string address = args[0], secret = args[1], photo = args[2];
HttpClientRequestAdapter adapter = new(new AnonymousAuthenticationProvider()) { BaseUrl = address };
ImagesClient client = new(adapter);

MultipartBody form = new();
form.AddOrReplacePart("file", "image/jpeg", File.OpenRead(photo), "photo.jpg");
UploadReply uploaded = (await client.Upload.PostAsync(form))!;
Console.WriteLine($"uploaded {uploaded.Filename}, {uploaded.Width}x{uploaded.Height}, {uploaded.Thumbnails!.Count} thumbnails");
Console.WriteLine($"published: {(await client.Publish.PostAsync(new() { Secret = secret, Filename = uploaded.Filename, Crop = "300x200+10+20" }))!.Success}");
NewKeyReply cropped = (await client.Recrop.PostAsync(new() { Secret = secret, Filename = uploaded.Filename, Crop = "200x200+0+0" }))!;
Console.WriteLine($"cropped as {cropped.Filename}");
NewKeyReply rotated = (await client.Rotate.PostAsync(new() { Secret = secret, Filename = uploaded.Filename, Rotation = "90" }))!;
Console.WriteLine($"rotated as {rotated.Filename}");
using HttpClient reader = new();
byte[] read = await reader.GetByteArrayAsync($"{address}/active/{rotated.Filename}");
Console.WriteLine($"read: {Convert.ToHexString(read[..2])}");
Console.WriteLine($"deleted: {(await client.DeletePath.PostAsync(new() { Secret = secret, Filenames = [rotated.Filename!, cropped.Filename!] }))!.Success}");
try
{
    await client.Publish.PostAsync(new() { Secret = secret, Filename = "1795476840_8949103649.jpg" });
    Console.WriteLine("no error");
}
catch (Problem problem)
{
    Console.WriteLine($"error: {problem.ResponseStatusCode} {problem.Code}");
}
